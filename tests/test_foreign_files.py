"""No file that somebody else wrote can run code here."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
OWN_STATE = ROOT / "training/checkpoint.py"  # of a run that goes on, read with weights_only=True
LOADERS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
RUN = {"eval", "exec"}


def _nodes() -> Iterator[tuple[Path, ast.AST]]:
    for folder in ("summarizer", "api", "workers", "training", "migrations"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                yield path, node


def _called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def test_nothing_is_unpickled_or_run() -> None:
    for path, node in _nodes():
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            assert not {name.split(".")[0] for name in names} & LOADERS, path
        assert _called(node) not in RUN, path


def test_torch_loads_only_our_own_state_and_only_tensors() -> None:
    loads = [(path, node) for path, node in _nodes() if _called(node).startswith(("torch.load", "torch.jit.load"))]
    assert [path for path, _ in loads] == [OWN_STATE]
    for _, node in loads:
        assert isinstance(node, ast.Call)
        [how] = [ast.unparse(one.value) for one in node.keywords if one.arg == "weights_only"]
        assert how == "True"


def test_no_repository_is_trusted_with_code() -> None:
    for path, node in _nodes():
        if isinstance(node, ast.keyword):
            is_refused = isinstance(node.value, ast.Constant) and node.value.value is False
            assert is_refused or node.arg not in ("trust_remote_code", "allow_pickle"), path

"""Which way the arrows point."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = (
    "actions bilingual budget clauses content conversation copying customers disposition documents doers entities "
    "equivalents errors events evidence fairness fallback figures follow_ups formats generate grounding headings "
    "hidden keyring keys kinds language ledger legs lexicon metering naming negation obligations ordered orders "
    "outcome owner_files platforms prices prompt redaction repair reported resting revisions rewording roles roots "
    "satisfaction scoring scrubbing sections shapes signatures specs stems summarize summary suspects tags tariff "
    "template vault verdict verify vocabulary waiting window words writing"
).split()
# Well-kept parsers and checkers that pure modules may use.
PURE_LIBRARIES = (
    "babel cryptography langcodes phonenumbers py3langid pydantic standardwebhooks text_to_num webvtt"
).split()
MODEL_LIBRARIES = {"torch", "transformers", "tokenizers", "safetensors", "accelerate", "peft"}
SERVICE_LIBRARIES = {"fastapi", "starlette", "uvicorn", "sqlalchemy", "psycopg", "alembic", "celery", "kombu", "redis"}


def _modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in _imports(path)}


def _is_pure(path: Path) -> bool:
    parts = path.relative_to(ROOT / "summarizer").parts
    return parts[0].removesuffix(".py") in PURE


@pytest.mark.parametrize("package", ["api", "workers", "training", "migrations"])
def test_the_doors_do_not_know_each_other(package: str) -> None:
    others = {"api", "workers", "training", "migrations"} - {package}
    for path in _modules(package):
        assert not _tops(path) & others, path


def test_the_domain_knows_no_door() -> None:
    for path in _modules("summarizer"):
        assert not _tops(path) & {"api", "workers", "training", "migrations"}, path


def test_pure_modules_import_only_each_other_and_the_standard_library() -> None:
    for path in filter(_is_pure, _modules("summarizer")):
        for name in _imports(path):
            top = name.split(".")[0]
            if top == "summarizer":
                assert name == "summarizer" or name.split(".")[1] in PURE, (path, name)
            else:
                assert top in sys.stdlib_module_names or top in PURE_LIBRARIES, (path, name)


def test_the_engine_knows_no_conversation_and_no_service() -> None:
    for path in _modules("summarizer/engine"):
        ours = {name.split(".")[1] for name in _imports(path) if name.startswith("summarizer.")}
        assert ours <= {"engine", "errors", "generate"}, path
        if path != ROOT / "summarizer/engine/bench/rivals.py":  # it measures transformers, and is never served
            assert "transformers" not in _tops(path), path
        assert not _tops(path) & SERVICE_LIBRARIES, path


def test_training_needs_no_service() -> None:
    for path in _modules("training"):
        assert not _tops(path) & SERVICE_LIBRARIES, path
        assert not any(name.startswith(("summarizer.store", "summarizer.jobs")) for name in _imports(path)), path


def test_only_the_store_and_migrations_write_sql() -> None:
    allowed = {"accept.py", "store", "jobs.py", "submit.py", "batches.py", "edits.py", "promotion.py"}
    allowed |= {"callbacks.py", "delivering.py", "doctor", "endpoints.py", "spending.py", "templates.py"}
    for path in _modules("summarizer"):
        if path.relative_to(ROOT / "summarizer").parts[0] not in allowed:
            assert "sqlalchemy" not in _tops(path), path


def test_only_the_settings_read_the_environment() -> None:
    """`deployment` hands the whole environment on to the processes it starts."""
    for path in _modules("summarizer", "api", "workers"):
        if path.name not in ("settings.py", "deployment.py"):
            assert "os.environ" not in path.read_text(), path


@pytest.mark.parametrize("module", ["api.app", "workers.beat", "migrations", "summarizer.cli"])
def test_what_serves_no_model_loads_no_torch(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {sorted(MODEL_LIBRARIES)} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_no_module_is_named_for_nothing() -> None:
    names = {path.stem for path in _modules("summarizer", "api", "workers", "training", "tests")}
    assert not names & {"utils", "util", "helpers", "common", "misc"}

from pathlib import Path

import pytest

from summarizer.errors import InvalidBackends
from summarizer.specs import BUILT_IN, EndpointSpec, read

FILE = """
[backends.dolly]
kind = "transformers"
model_dir = "/models/dolly"

[backends.vllm]
kind = "endpoint"
url = "http://vllm:8000/v1/"
model = "llama"
on_premises = true
"""


def _file(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_the_owners_backends_stand_behind_the_two_that_are_always_there(tmp_path: Path) -> None:
    found = read(_file(tmp_path / "backends.toml", FILE))
    assert list(found) == ["wrapup", "extractive", "dolly", "vllm"]
    vllm = found["vllm"]
    assert isinstance(vllm, EndpointSpec)
    assert vllm.url == "http://vllm:8000/v1"
    assert [name for name, one in found.items() if not one.is_on_premises] == []


def test_without_a_file_there_are_two() -> None:
    assert read(None) == BUILT_IN


def test_an_endpoint_is_elsewhere_unless_its_owner_says_otherwise() -> None:
    assert not EndpointSpec(url="https://api.example.com/v1", model="m").is_on_premises


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[backends.a]\nkind = 'gpt'", "backends.a"),
        ("[backends.a]\nkind = 'transformers'", "model_dir"),
        ("[backends.a]\nkind = 'endpoint'\nurl = 'file:///etc/passwd'\nmodel = 'm'", "address of an API"),
        ("[backends.a]\nkind = 'endpoint'\nurl = 'https://me:secret@host/v1'\nmodel = 'm'", "address of an API"),
        ("[backends.a]\nkind = 'extractive'\nbudget_per_day = -1", "budget_per_day"),
        ("[backends.a]\nkind = 'extractive'\ncolour = 1", "colour"),
        ("[backends.wrapup]\nkind = 'extractive'", "wrapup may not be the name"),
        ("[backends.'A b']\nkind = 'extractive'", "may not be the name"),
        ("[backends", "backends.toml"),
        ("[other]", "other"),
    ],
)
def test_a_file_that_nobody_can_act_on_is_refused_with_the_place_and_no_value(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(InvalidBackends, match=said) as refused:
        read(_file(tmp_path / "backends.toml", text))
    assert "secret" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidBackends, match=r"gone\.toml"):
        read(tmp_path / "gone.toml")

"""Examples for every operation: what was asked and answered when `pytest tests/api/examples.py` walked the API."""

import json
from importlib.resources import files
from typing import Any


def recorded() -> dict[str, dict[str, Any]]:
    """`POST /v1/conversations` and the like to their request, its type, the answer, its type and status."""
    found: dict[str, dict[str, Any]] = json.loads((files("api") / "examples.json").read_text("utf-8"))
    return found


def add_to(document: dict[str, Any]) -> None:
    """Put them into an OpenAPI document."""
    for called, example in recorded().items():
        method, path = called.split(" ")
        operation = document["paths"][path][method.lower()]
        if "request" in example:
            content = operation["requestBody"]["content"].setdefault(example["request_type"], {})
            content["example"] = example["request"]
        if "response" in example:
            content = operation["responses"][example["status"]].setdefault("content", {})
            content.setdefault(example["response_type"], {})["example"] = example["response"]

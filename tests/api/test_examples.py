from typing import Any

from api import examples
from tests.api.conftest import Served
from tests.api.examples import walk


def _shape(value: Any) -> Any:
    """Names and types; of a list what its first member is, for there may be any number of them."""
    if isinstance(value, dict):
        return {name: _shape(one) for name, one in sorted(value.items())}
    if isinstance(value, list):
        return [_shape(one) for one in value[:1]]
    return type(value).__name__


def test_the_examples_are_what_the_service_answers(served: Served) -> None:
    answered, shown = walk(served), examples.recorded()
    assert answered.keys() == shown.keys(), "run `pytest tests/api/examples.py`"
    assert {called: _shape(one) for called, one in answered.items()} == {
        called: _shape(one) for called, one in shown.items()
    }


def test_every_operation_has_an_example_of_its_answer_and_of_its_body(served: Served) -> None:
    document = served.client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = [
                content for answer in operation["responses"].values() for content in answer.get("content", {}).values()
            ]
            is_empty = "204" in operation["responses"]
            assert is_empty or any("example" in one for one in answers), (method, path)
            bodies = list(operation.get("requestBody", {}).get("content", {}).values())
            assert not bodies or any("example" in one for one in bodies), (method, path)


def test_operations_have_names_for_a_generated_client(served: Served) -> None:
    document = served.client.get("/openapi.json").json()
    names = [operation["operationId"] for operations in document["paths"].values() for operation in operations.values()]
    assert len(set(names)) == len(names)
    assert "get_summary" in names

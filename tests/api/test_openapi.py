"""The short form of `python -m tests.negative`."""

import pytest
import schemathesis
from schemathesis import GenerationMode

from tests.api.conftest import Served
from tests.builders import a_body
from tests.negative import Seen, sweep

NUM_EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 6}
NUM_OPERATIONS = {GenerationMode.POSITIVE: 27, GenerationMode.NEGATIVE: 22}  # a probe takes nothing that could be wrong


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_is_answered_as_documented(served: Served, mode: GenerationMode) -> None:
    served.client.post("/v1/conversations", json=a_body())
    served.work()
    schema = schemathesis.openapi.from_asgi("/openapi.json", served.app)
    headers = {"Authorization": served.client.headers["Authorization"]}
    seen = Seen()
    sweep(schema, headers, mode=mode, num_examples=NUM_EXAMPLES[mode], chance=1, seen=seen)
    assert seen.failures == {}
    assert len(seen.operations) >= NUM_OPERATIONS[mode]

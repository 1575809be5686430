"""What a browser is told to do with an answer, and whether the document is shown."""

import base64
import hashlib
import re

import pytest
from starlette.testclient import TestClient

from api.app import build
from api.dependencies import Parts
from tests.api.conftest import Served
from tests.builders import a_body


@pytest.mark.parametrize("path", ["/v1/summaries", "/livez", "/nowhere", "/openapi.json", "/problems/not-found"])
def test_an_answer_is_kept_by_nobody_and_runs_nothing(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "Access-Control-Allow-Origin" not in headers


def test_a_page_of_ours_runs_its_own_scripts_and_swaggers_only(client: TestClient) -> None:
    page = client.get("/docs")
    (policy,) = re.findall(r"script-src ([^;]+);", page.headers["Content-Security-Policy"])
    assert "unsafe" not in policy
    for script in re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    for address in re.findall(r'<script src="(https://[^/"]+)', page.text):
        assert address in policy.split()


def test_the_document_can_be_kept_to_oneself(served: Served) -> None:
    settings = served.settings.model_copy(update={"show_docs": False})
    with TestClient(build(Parts(settings, served.database, served.bell))) as client:
        for path in ("/docs", "/openapi.json", "/redoc"):
            assert client.get(path).status_code == 404
        key = served.client.headers["Authorization"]
        assert client.post("/v1/conversations", json=a_body(), headers={"Authorization": key}).status_code == 202


def test_what_is_refused_says_what_would_be_taken(client: TestClient) -> None:
    coded = client.post("/v1/conversations", content=b"x", headers={"Content-Encoding": "gzip"})
    assert (coded.status_code, coded.headers["Accept-Encoding"]) == (415, "identity")
    typed = client.post("/v1/conversations", content=b"x", headers={"Content-Type": "text/plain"})
    assert (typed.status_code, "application/json" in typed.headers["Accept"].split(", ")) == (415, True)


def test_lines_that_are_compressed_are_refused_with_what_to_do(client: TestClient) -> None:
    answer = client.post("/v1/batches", content=b"\x1f\x8b\x08", headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 415
    assert "compressed" in answer.json()["detail"]

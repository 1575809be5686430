"""A published checkpoint is fetched from a server that answers as the hub does, without its pickles."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from transformers import BloomForCausalLM

from summarizer.engine.files import model_version
from summarizer.engine.hub import fetch
from summarizer.errors import UnusableCheckpoint
from tests.summarizer.engine.builders import save

COMMIT = "c" * 40


class Hub(BaseHTTPRequestHandler):
    """One repository, one commit: its description, its list of files, its files."""

    files: dict[str, bytes] = {}
    asked: list[str] = []

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.split("?")[0]
        self.asked.append(path)
        headers = {"X-Repo-Commit": COMMIT}
        if path.startswith("/api/models/acme/bloom/tree/"):
            body = json.dumps(
                [
                    {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
                    for name, content in self.files.items()
                ]
            ).encode()
        elif path.startswith("/api/models/acme/bloom"):
            siblings = [{"rfilename": name} for name in self.files]
            body = json.dumps({"id": "acme/bloom", "sha": COMMIT, "siblings": siblings}).encode()
        elif path.startswith(f"/acme/bloom/resolve/{COMMIT}/") and path.rsplit("/", 1)[1] in self.files:
            body = self.files[path.rsplit("/", 1)[1]]
            headers["ETag"] = f'"{hashlib.sha1(body).hexdigest()}"'
        else:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint(reference: BloomForCausalLM, tmp_path: Path) -> Iterator[str]:
    published = save(reference, tmp_path / "published", max_shard_size="100KB")
    Hub.files = {path.name: path.read_bytes() for path in published.iterdir()}
    Hub.files |= {"pytorch_model.bin": b"a pickle", "README.md": b"a card"}
    Hub.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def _online(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other tests forbid the hub; this one has its own."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)


@pytest.mark.usefixtures("_online")
def test_what_is_fetched_is_what_was_published_less_the_pickles(endpoint: str, tmp_path: Path) -> None:
    version = fetch("acme/bloom", revision=COMMIT, directory=tmp_path / "here", endpoint=endpoint)
    assert version == model_version(tmp_path / "published") == model_version(tmp_path / "here")
    assert not any("pytorch_model.bin" in path or "README" in path for path in Hub.asked if "/resolve/" in path)


@pytest.mark.usefixtures("_online")
def test_what_is_fetched_and_does_not_fit_is_refused(endpoint: str, tmp_path: Path) -> None:
    shard = min(name for name in Hub.files if name.endswith(".safetensors"))
    Hub.files[shard] = Hub.files[shard][:-4]
    with pytest.raises(UnusableCheckpoint, match="cannot be read"):
        fetch("acme/bloom", revision=COMMIT, directory=tmp_path / "here", endpoint=endpoint)


@pytest.mark.usefixtures("_online")
def test_a_repository_that_is_not_there_is_said(endpoint: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableCheckpoint, match="could not be fetched"):
        fetch("acme/other", revision=COMMIT, directory=tmp_path / "here", endpoint=endpoint)

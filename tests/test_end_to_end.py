"""The whole service as a user runs it: real processes, real servers, a real (tiny, random) model."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from sqlalchemy import make_url

from summarizer.access import create_key
from summarizer.demo import samples, show
from summarizer.deployment import Deployment
from summarizer.keys import Scope
from summarizer.settings import Settings
from summarizer.store.database import Database
from tests.builders import a_body
from tests.deployments import deployed_on


@pytest.fixture
def deployment(tmp_path: Path, settings: Settings) -> Iterator[Deployment]:
    """api, worker and beat on the test's database and a broker database of its own."""
    with deployed_on(settings, tmp_path, broker=1, max_new_tokens=24, LEASE="2", STALE_AFTER="2") as running:
        yield running


@pytest.fixture
def key(database: Database) -> str:
    return create_key(database, "acme", name="test", scopes=list(Scope), expires_in=None).text


def test_five_sample_calls_become_five_summaries(deployment: Deployment, key: str) -> None:
    assert len(samples()) == 5
    with (deployment.directory / "shown.txt").open("w") as file:
        assert show(deployment.url, key, console=Console(file=file, width=100))
    shown = (deployment.directory / "shown.txt").read_text()
    assert shown.count(" tokens") == 5
    assert "turn 2, " in shown


def test_a_stopped_worker_leaves_with_0_and_no_word_of_a_call_is_in_any_log(deployment: Deployment, key: str) -> None:
    watermark = "Zanzibarwatermark"
    text = f"{watermark} is the reference of your lost parcel, it left the warehouse in Lyon yesterday evening."
    asked = "Where is the parcel that I ordered two weeks ago?"
    body = a_body(turns=[{"participant": "customer", "text": asked}, {"participant": "agent", "text": text}])
    with httpx.Client(base_url=deployment.url, headers={"Authorization": f"Bearer {key}"}) as client:
        made = client.post("/v1/conversations", json=body).json()
        client.post("/v1/conversations", json={**body, "channel": watermark})
        while client.get(made["links"]["summary"]).status_code == 202:
            time.sleep(0.1)
        assert watermark in client.get(made["links"]["summary"]).text
    worker = deployment.processes["worker"]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    for name in deployment.processes:
        log = deployment.log(name).read_text()
        assert watermark not in log
        assert key not in log
        assert make_url(deployment.environment["DATABASE_URL"]).password not in log
    lines = deployment.log("worker").read_text().splitlines()
    assert any(json.loads(line)["event"] == "worker ready" for line in lines if line.startswith("{"))


def _blocks(language: str) -> str:
    """All of the README's blocks in a language, one after the other, as somebody pastes them."""
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE))


@pytest.mark.skipif(shutil.which("curl") is None, reason="the walk-through needs curl")
def test_the_readmes_walk_through_works_as_it_stands(deployment: Deployment, key: str, tmp_path: Path) -> None:
    environment = {**os.environ, "URL": deployment.url, "KEY": key}
    walk = ["bash", "-euo", "pipefail", "-c", _blocks("bash")]
    done = subprocess.run(walk, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    assert json.loads((tmp_path / "summary.json").read_text())["external_id"] == "call-1"
    assert '"line":2' in done.stdout.replace(" ", "")
    python = [sys.executable, "-c", _blocks("python")]
    said = subprocess.run(python, env=environment, capture_output=True, text=True, timeout=120, check=True).stdout
    assert "Lyon" in said or "parcel" in said

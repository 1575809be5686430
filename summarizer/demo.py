"""What `make run` shows: five real calls go in, five summaries with their proof come out."""

import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from summarizer import formats
from summarizer.formats import canonical

PATIENCE_SECONDS = 300.0
HEADINGS = {
    "summary": "Summary",
    "reason": "Reason",
    "actions": "Actions",
    "resolution": "Resolution",
    "follow_ups": "Follow-up",
}
SHOWN_SECTIONS = ("headline", "follow_ups", "satisfaction")  # of the others the sentences above are made


@dataclass(frozen=True, slots=True)
class Shown:
    """One sample's way through the service."""

    name: str
    summary: dict[str, Any] | None
    turns: list[dict[str, Any]]


def show(url: str, key: str, *, console: Console) -> bool:
    """Submit the samples, print each summary as it comes; whether all of them have one."""
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        started = time.monotonic()
        ids = {sample.name: _submit(client, sample) for sample in samples()}
        console.print(f"{len(ids)} calls accepted in {time.monotonic() - started:.2f} s")
        shown = [_await(client, name, conversation_id) for name, conversation_id in ids.items()]
    for one in shown:
        console.print(_panel(one))
    done = sum(one.summary is not None for one in shown)
    console.print(f"{done} of {len(shown)} calls summarized in {time.monotonic() - started:.1f} s")
    return done == len(shown)


def samples() -> list[Path]:
    """The calls that come with the package."""
    folder = Path(str(files("summarizer"))) / "samples"
    return sorted(path for path in folder.iterdir() if path.name[:1].isdigit())


def _submit(client: httpx.Client, sample: Path) -> str:
    """Send WebVTT and vCon as they are; the API takes no plain text, so that is read here first."""
    raw = sample.read_bytes()
    if formats.detect(raw).name == "plain":
        raw = canonical.write(formats.read(raw))
    media_type = formats.detect(raw).media_types[0]
    params = {"external_id": sample.name} if b'"external_id"' not in raw and b'"uuid"' not in raw else {}
    answer = client.post("/v1/conversations", content=raw, headers={"Content-Type": media_type}, params=params)
    answer.raise_for_status()
    return str(answer.json()["id"])


def _await(client: httpx.Client, name: str, conversation_id: str) -> Shown:
    deadline = time.monotonic() + PATIENCE_SECONDS
    answer = client.get(f"/v1/conversations/{conversation_id}/summary")
    while answer.status_code == 202 and time.monotonic() < deadline:
        time.sleep(0.1)
        answer = client.get(f"/v1/conversations/{conversation_id}/summary")
    stored = client.get(f"/v1/conversations/{conversation_id}").raise_for_status().json()
    return Shown(name, answer.json() if answer.status_code == 200 else None, stored["conversation"]["turns"])


def _panel(shown: Shown) -> Panel:
    if shown.summary is None:
        return Panel("no summary", title=shown.name)
    summary = shown.summary
    lines: list[Text] = []
    for claim in summary["claims"]:
        lines.append(Text.assemble((HEADINGS[claim["aspect"]] + ": ", "bold"), claim["text"]))
        is_quoted = claim["kind"] == "extractive"
        lines += [_proof(shown.turns, evidence, is_quoted=is_quoted) for evidence in claim["evidence"]]
    lines += [
        Text.assemble((section["heading"] + ": ", "bold green"), section["text"])
        for section in summary["sections"]
        if section["name"] in SHOWN_SECTIONS and section["is_stated"]
    ]
    tokens = f"{summary['prompt_tokens']} + {summary['completion_tokens']} tokens"
    return Panel(
        Group(*lines),
        title=shown.name,
        subtitle=f"{summary['kind']}, score {summary['score']:.2f}, {summary['seconds']:.2f} s, {tokens}",
        title_align="left",
        subtitle_align="right",
    )


def _proof(turns: list[dict[str, Any]], evidence: dict[str, int], *, is_quoted: bool) -> Text:
    """The turn that supports a sentence, and its words unless the sentence itself quotes them."""
    turn = turns[evidence["turn"]]
    quote = "quoted" if is_quoted else turn["text"][evidence["start"] : evidence["end"]]
    return Text(f"    turn {evidence['turn'] + 1}, {turn['participant']}: {quote}", style="dim")

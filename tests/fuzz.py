"""Every reader against mutations of good documents: `python -m tests.fuzz --minutes 10 --seed 1`.

Of a reader only a SummarizerError may come out, in bounded time and memory. A failure is kept with its input; the same
seed and number make the same input again.
"""

import base64
import faulthandler
import json
import random
import resource
import sys
import time
import traceback
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from summarizer import formats
from summarizer.errors import InvalidTranscript, SummarizerError
from summarizer.formats import canonical, strict_json, vcon
from summarizer.platforms import PLATFORMS, Platform, Posted, Received, Sender
from summarizer.transcripts import lines_of
from tests import platforms as sent
from tests.mutations import MAX_BYTES, mutated

DATA = Path(__file__).parent / "data" / "formats"
MOST_SECONDS = 2.0  # of the processor, for one document
MOST_BYTES = 300 * 1024 * 1024  # by which one document may make the process grow
STUCK_SECONDS = 60.0
SIGNER = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
FOLDERS = {
    "amazon": ("contact_lens", "transcribe"),
    "azure": ("azure",),
    "captions": ("webvtt", "srt"),
    "genesys": ("genesys",),
    "google": ("google",),
    "twilio": ("twilio",),
    "vcon": ("vcon",),
}
GOLDEN = {"srt": "captions.srt", "webvtt": "captions.vtt", "plain": "plain.txt", "records": "records.jsonl"}


@dataclass(frozen=True, slots=True)
class Target:
    """One reader and good documents for it."""

    name: str
    seeds: Sequence[bytes]
    read: Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Failure:
    """What must not have come out."""

    target: str
    number: int
    what: str
    raw: bytes


@dataclass(slots=True)
class Tally:
    """What one reader did."""

    num: int = 0
    num_read: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0


def targets() -> list[Target]:
    """Every reader there is."""
    seeds = {one.name: _seeds(one.name) for one in formats.FORMATS}
    every = [raw for some in seeds.values() for raw in some]
    found = [Target(name, some, _reader(name)) for name, some in seeds.items()]
    found.append(Target("by content", every, _stored))
    found.append(Target("object format", every, formats.object_format))
    found.append(Target("strict json", every, strict_json.parse))
    found.append(Target("lines", [*seeds["records"], b"\n".join(_one_line(raw) for raw in every[:6])], _lines))
    found.append(Target("signed vcon", [_signed(raw) for raw in seeds["vcon"]], _verified))
    found.append(Target("payload of a signed vcon", seeds["vcon"], lambda raw: _verified(_signed(raw))))
    bodies = [*seeds["canonical"], *seeds["contact_lens"], *seeds["transcribe"], *seeds["vcon"]]
    events = [json.dumps({"type": "conversation.ended", "data": json.loads(raw)}).encode() for raw in bodies[:2]]
    posted = {
        "standard": [*events, b'{"type": "x", "timestamp": "2026-11-26T11:59:00Z", "data": {}}'],
        "genesys": [json.dumps(one).encode() for one in (sent.genesys_event(), sent.bus_event(sent.genesys_event()))],
        "zoom": [json.dumps(one).encode() for one in (
            sent.zoom_event(),
            {"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}})],
        "twilio": [json.dumps(sent.twilio_event()).encode()],
        "twilio form": [sent.twilio_form(sent.twilio_event())],
        "amazon bus": [json.dumps(sent.bus_event(json.loads(raw))).encode() for raw in bodies],
        "amazon sns": [json.dumps(one).encode() for one in (sent.sns_message(), sent.sns_confirmation())],
        "amazon sns message": bodies,
    }  # fmt: skip
    return found + [Target(f"platform {name}", some, _POSTS[name]) for name, some in posted.items()]


def document_of(target: Target, *, seed: int, number: int) -> bytes:
    """The document of this number, the same for the same seed."""
    chance = random.Random(f"{seed} {target.name} {number}")
    return mutated(chance.choice(target.seeds), chance, target.seeds)


def tried(target: Target, raw: bytes, *, number: int, tally: Tally) -> Failure | None:
    """Let it read one document."""
    before, started = _peak_bytes(), time.process_time()
    what = None
    try:
        found = target.read(raw)
    except SummarizerError as error:
        outcome = f"{type(error).__name__}: {error}"
    except Exception:
        outcome = what = traceback.format_exc(limit=-3)
    else:
        tally.num_read += 1
        outcome = f"read: {found}" if isinstance(found, str | int | None) else "read"
    spent_s = time.process_time() - started
    if spent_s > MOST_SECONDS:
        what = f"took {spent_s:.1f} s of the processor"
    elif _peak_bytes() - before > MOST_BYTES:
        what = f"grew by {(_peak_bytes() - before) >> 20} MB"
    tally.num += 1
    tally.outcomes[outcome] += 1
    tally.slowest_s = max(tally.slowest_s, spent_s)
    return None if what is None else Failure(target.name, number, what, raw)


def main() -> int:
    """Turn about, so many documents of each reader, until the time is over; the exit status."""
    wanted = ArgumentParser(prog="python -m tests.fuzz", description="Every reader against mutated documents")
    wanted.add_argument("--minutes", type=float, default=1)
    wanted.add_argument("--seed", type=int, default=1)
    wanted.add_argument("--only", help="one reader by its name")
    wanted.add_argument("--failures", type=Path, default=Path("runs/fuzz"), help="where inputs that failed are kept")
    given = wanted.parse_args()
    every = [one for one in targets() if given.only in (None, one.name)]
    tallies = {one.name: Tally() for one in every}
    failures: dict[tuple[str, str], Failure] = {}
    ends, number = time.monotonic() + given.minutes * 60, 0
    while time.monotonic() < ends:
        for target in every:
            faulthandler.dump_traceback_later(STUCK_SECONDS, exit=True)
            raw = document_of(target, seed=given.seed, number=number)
            failure = tried(target, raw, number=number, tally=tallies[target.name])
            if failure is not None and failures.setdefault((failure.target, failure.what), failure) is failure:
                _keep(failure, given.failures, seed=given.seed)
        number += 1
    faulthandler.cancel_dump_traceback_later()
    for name, tally in tallies.items():
        done, slowest_s = f"{tally.num} executions, {tally.num_read} read", tally.slowest_s
        print(f"{name}: {done}, {len(tally.outcomes)} outcomes, slowest {slowest_s:.2f} s")
    total = sum(one.num for one in tallies.values())
    print(f"seed {given.seed}: {total} executions, {len(failures)} failures, at most {_peak_bytes() >> 20} MB")
    return 1 if failures else 0


def _keep(failure: Failure, directory: Path, *, seed: int) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{failure.target.replace(' ', '-')}-{seed}-{failure.number}.bin"
    path.write_bytes(failure.raw)
    print(f"{failure.target}, number {failure.number}: {failure.what}\n  kept as {path}", flush=True)


def _seeds(name: str) -> list[bytes]:
    golden = DATA / "golden" / GOLDEN.get(name, f"{name}.json")
    folders = [folder for folder, names in FOLDERS.items() if name in names]
    found = [golden, *(path for folder in folders for path in sorted((DATA / folder).rglob("*.*")))]
    # The first turns of a long sample are as good, and let more documents be tried.
    return [_shortened(path.read_bytes()) for path in found]


def _shortened(raw: bytes) -> bytes:
    try:
        return json.dumps(_pruned(json.loads(raw))).encode()
    except ValueError:
        return b"\n".join(raw.split(b"\n")[:24])


def _pruned(value: object) -> object:
    if isinstance(value, dict):
        return {name: _pruned(one) for name, one in value.items()}
    return [_pruned(one) for one in value[:4]] if isinstance(value, list) else value


def _one_line(raw: bytes) -> bytes:
    return raw.replace(b"\n", b" ")


def _reader(name: str) -> Callable[[bytes], object]:
    return lambda raw: _stored(raw, name)


def _stored(raw: bytes, name: str | None = None) -> bytes:
    """Read, written as it would be stored, and read again."""
    document = json.dumps(canonical.to_document(formats.read(raw, name)), ensure_ascii=False).encode()
    return json.dumps(canonical.to_document(canonical.read(document))).encode()


def _lines(raw: bytes) -> int:
    num = 0
    for document in lines_of(raw, max_bytes=MAX_BYTES // 10):
        num += 1
        if document.failure is None:
            try:
                formats.read(document.raw)
            except SummarizerError:
                continue
    return num


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signed(raw: bytes) -> bytes:
    payload, protected = _encoded(raw), _encoded(b'{"alg": "EdDSA"}')
    signature = _encoded(SIGNER.sign(f"{protected}.{payload}".encode()))
    return json.dumps(
        {"payload": payload, "signatures": [{"protected": protected, "signature": signature, "header": {"kid": "k"}}]}
    ).encode()


def _verified(raw: bytes) -> object:
    return vcon.read(raw, trusted=[SIGNER.public_key()])


URL = "https://calls.example.com/v1/webhooks/x?source=src_1"


def _received(
    platform: Platform, raw: bytes, headers: dict[str, str], *, url: str = URL, secret: str = sent.SECRET
) -> Received:
    posted = Posted(raw, headers, url, headers.get("content-type", sent.JSON))
    return PLATFORMS[platform].receive(posted, Sender((secret,), {"topics": [sent.TOPIC]}, sent.Certificates()))


def _standard(raw: bytes) -> object:
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise InvalidTranscript("the standard's own library signs text only") from None
    headers = sent.standard_headers(raw, secret=sent.WHSEC)
    return _received(Platform.STANDARD, raw, headers, secret=sent.WHSEC)


def _twilio(raw: bytes) -> object:
    url = f"{URL}&{urlencode({'bodySHA256': sent.body_hash(raw)})}"
    return _received(Platform.TWILIO, raw, sent.twilio_headers(url), url=url)


def _twilio_form(raw: bytes) -> object:
    form = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    return _received(Platform.TWILIO, raw, {**sent.twilio_headers(URL, form), "content-type": sent.FORM})


def _sns_message(raw: bytes) -> object:
    text = raw.decode("utf-8", "replace")
    return _received(Platform.AMAZON, json.dumps(sent.sns_message(text)).encode(), {})


_POSTS: dict[str, Callable[[bytes], object]] = {
    "standard": _standard,
    "genesys": lambda raw: _received(Platform.GENESYS, raw, sent.genesys_headers(raw)),
    "zoom": lambda raw: _received(Platform.ZOOM, raw, sent.zoom_headers(raw)),
    "twilio": _twilio,
    "twilio form": _twilio_form,
    "amazon bus": lambda raw: _received(Platform.AMAZON, raw, {"x-api-key": sent.SECRET}),
    "amazon sns": lambda raw: _received(Platform.AMAZON, raw, {}),
    "amazon sns message": _sns_message,
}


def _peak_bytes() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    sys.exit(main())

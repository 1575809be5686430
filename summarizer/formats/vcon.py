"""vCon 0.0.1 to 0.4.0 (IETF draft), as far as reading a transcript goes.

The words stand in text dialogs, or in an analysis of a recording, whose body has one shape for each vendor. Nothing is
ever fetched: what a vCon only points at is not read, also not the one that it amends or of which it is a redaction. A
vCon does not say when the contact began, so times count from the whole second of its first text dialog, or from the
start of the recording that was transcribed. One that we wrote ourselves says so (`vcon_own`).

A signed vCon is read if every signature is by a key that is trusted; without such keys it is refused.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice

from summarizer.conversation import MAX_PARTICIPANTS, MAX_TURNS, Channel, Conversation, Role, Turn
from summarizer.errors import EmptyConversation, InvalidEncoding, InvalidTranscript, LimitExceeded
from summarizer.formats import canonical, jws, plain, strict_json, strict_text, vcon_history, vcon_own
from summarizer.formats.speakers import Cast, role_of

_VERSION = re.compile(r"(0\.[0-4]\.[0-9]{1,2})?")  # absent or empty since it is deprecated
_DIALOG_TYPES = ("recording", "text", "transfer", "incomplete", "recording-set")
_TEXT_TYPES = frozenset({"text/plain", "text/markdown"})
_SPEAKER_KEYS = ("speaker", "speaker_name", "name", "role", "participant")
_TEXT_KEYS = ("message", "text", "transcript", "content")
_LIST_KEYS = ("utterances", "messages", "turns", "conversation", "transcript")


def read(raw: bytes, *, trusted: Sequence[jws.PublicKey] = ()) -> Conversation:
    """The conversation in a vCon; raises EmptyConversation when it holds no transcript.

    `trusted` are the keys by which a signed one may be signed.
    """
    document = strict_json.parse(raw)
    if not isinstance(document, dict):
        raise InvalidTranscript("a vCon is a JSON object")
    if trusted and _is_signed(document):
        return read(jws.verified(document, trusted=trusted))
    _check_open(document)
    version = document.get("vcon")
    if version is not None and not (isinstance(version, str) and _VERSION.fullmatch(version)):
        raise InvalidTranscript("not a version of vCon from 0.0.1 to 0.4.0", pointer="/vcon")
    ours = vcon_own.read(document)
    if ours is not None:
        return ours
    parties = _objects(document, "parties")
    if len(parties) > MAX_PARTICIPANTS:
        raise LimitExceeded(f"more than {MAX_PARTICIPANTS} parties", pointer="/parties")
    dialogs = _objects(document, "dialog")
    if document.get("redacted"):
        dialogs = [_redacted(dialog) for dialog in dialogs]
    _check_dialogs(dialogs, parties=parties)
    everything = chain(_texts(dialogs, parties=parties), _transcripts(document, dialogs=dialogs, parties=parties))
    said = _in_order(list(islice(everything, MAX_TURNS + 1)))
    if not any(one.text.strip() for one in said):
        raise EmptyConversation(_why_empty(document, dialogs=dialogs), pointer="/dialog")
    return _conversation(document, said=said, dialogs=dialogs)


def recognizes(raw: bytes) -> bool:
    """Has it the members of a vCon, open, signed or encrypted? (A quote inside a JSON string is escaped: tokens.)"""
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"{":
        return False
    is_open = b'"parties"' in raw and any(key in raw for key in (b'"dialog"', b'"analysis"', b'"vcon"'))
    is_signed = b'"payload"' in raw and b'"signature' in raw
    is_encrypted = b'"ciphertext"' in raw and b'"recipients"' in raw
    return is_open or is_signed or is_encrypted


@dataclass(frozen=True, slots=True)
class _Said:
    """One contribution; `begins` is the moment its seconds count from, None if the vCon does not say."""

    speaker: str | int | None
    text: str
    begins: datetime | None
    start_s: float | None = None
    end_s: float | None = None
    party: int | None = None
    role: Role = Role.UNKNOWN
    name: str | None = None


def _check_open(document: dict[str, object]) -> None:
    if "ciphertext" in document:
        raise InvalidTranscript("an encrypted vCon (JWE) cannot be read; send it decrypted", pointer="/ciphertext")
    if _is_signed(document):
        raise InvalidTranscript("a signed vCon (JWS) is not verified here; send its payload", pointer="/payload")


def _is_signed(document: dict[str, object]) -> bool:
    """Has it the members of a JWS, general or flattened?"""
    return "payload" in document and ("signatures" in document or "signature" in document)


def _redacted(dialog: dict[str, object]) -> dict[str, object]:
    """A dialog of a redacted vCon, which may have lost its body, or everything and still keep its place."""
    if not dialog:
        return {"type": "incomplete"}
    if dialog.get("type") == "text" and dialog.get("body") is None and "url" not in dialog:
        return {**dialog, "body": "", "encoding": "none"}
    return dialog


def _objects(document: dict[str, object], name: str) -> list[dict[str, object]]:
    """A list of objects that may be absent or null."""
    items = document.get(name)
    if items is None:
        return []
    if not isinstance(items, list):
        raise InvalidTranscript("must be a list", pointer=f"/{name}")
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise InvalidTranscript("must be an object", pointer=f"/{name}/{index}")
    return items


def _check_dialogs(dialogs: list[dict[str, object]], *, parties: list[dict[str, object]]) -> None:
    for index, dialog in enumerate(dialogs):
        pointer = f"/dialog/{index}"
        if dialog.get("type") not in _DIALOG_TYPES:
            raise InvalidTranscript("not a type of dialog", pointer=f"{pointer}/type")
        _check_party(dialog.get("parties"), pointer=f"{pointer}/parties", num_parties=len(parties))
        _check_party(dialog.get("originator"), pointer=f"{pointer}/originator", num_parties=len(parties))


def _check_party(value: object, *, pointer: str, num_parties: int) -> None:
    """A party's index, or a list of them, perhaps nested; -1 and null stand for nobody."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            _check_party(item, pointer=f"{pointer}/{index}", num_parties=num_parties)
    elif isinstance(value, bool) or not isinstance(value, int | None):
        raise InvalidTranscript("must be the index of a party", pointer=pointer)
    elif value is not None and not -1 <= value < num_parties:
        raise InvalidTranscript("there is no such party", pointer=pointer)


def _texts(dialogs: list[dict[str, object]], *, parties: list[dict[str, object]]) -> Iterator[_Said]:
    for index, dialog in enumerate(dialogs):
        if dialog["type"] != "text":
            continue
        pointer = f"/dialog/{index}"
        duration_s = _seconds(dialog.get("duration"), pointer=f"{pointer}/duration")
        one = _Said(
            None,
            _text_of(dialog, pointer=pointer),
            _start(dialog, pointer=pointer),
            start_s=0.0,
            end_s=duration_s,
        )
        yield _as_party(one, party=_originator(dialog), parties=parties)


def _text_of(dialog: dict[str, object], *, pointer: str) -> str:
    kind = dialog.get("mediatype", dialog.get("mimetype")) or "text/plain"
    if not isinstance(kind, str) or kind.split(";")[0].strip().lower() not in _TEXT_TYPES:
        raise InvalidTranscript("a text dialog must be text/plain or text/markdown", pointer=f"{pointer}/mediatype")
    if "body" not in dialog and "url" in dialog:
        raise InvalidTranscript("its text is kept elsewhere, and nothing is fetched", pointer=f"{pointer}/url")
    body = _body(dialog, pointer=pointer)
    if not isinstance(body, str):
        raise InvalidTranscript("a text dialog has a text", pointer=f"{pointer}/body")
    return body


def _originator(dialog: dict[str, object]) -> int | None:
    """The party who speaks: the originator, else the first one named (draft, dialog object)."""
    party = dialog.get("originator")
    if party is None:
        party = dialog.get("parties")
    while isinstance(party, list):
        party = party[0] if party else None
    return party if isinstance(party, int) and party >= 0 else None


def _as_party(said: _Said, *, party: int | None, parties: list[dict[str, object]]) -> _Said:
    if party is None:
        return said
    name = parties[party].get("name")
    shown = " ".join(name.split()) if isinstance(name, str) else None
    return replace(said, party=party, role=_role(parties[party]), name=shown or None)


def _role(party: dict[str, object]) -> Role:
    meta = party.get("meta")
    for word in (party.get("role"), meta.get("role") if isinstance(meta, dict) else None):
        if isinstance(word, str) and word.strip():
            return role_of(word) or Role.UNKNOWN
    return Role.UNKNOWN


def _transcripts(
    document: dict[str, object], *, dialogs: list[dict[str, object]], parties: list[dict[str, object]]
) -> Iterator[_Said]:
    """What was said in recordings; of several transcripts of one recording the first counts."""
    done: set[int] = set()
    for index, analysis in enumerate(_objects(document, "analysis")):
        if not _is_transcript(analysis):
            continue
        pointer = f"/analysis/{index}"
        of = _dialog_of(analysis, pointer=pointer, num_dialogs=len(dialogs))
        dialog = dialogs[of] if 0 <= of < len(dialogs) else {}
        if of in done or dialog.get("type") == "text":
            continue
        done.add(of)
        begins = _start(dialog, pointer=f"/dialog/{of}")
        for one in _utterances(_body(analysis, pointer=pointer), pointer=f"{pointer}/body"):
            party = _party_called(one.speaker, parties=parties) if one.party is None else one.party
            if party is not None and party >= len(parties):
                raise InvalidTranscript("there is no such party", pointer=f"{pointer}/body")
            yield _as_party(_from(one, begins), party=party, parties=parties)


def _from(said: _Said, begins: datetime | None) -> _Said:
    """With its seconds counted from the start of the recording, if that is known."""
    if said.begins is None or begins is None or said.begins < begins:
        return said if said.begins is not None else replace(said, begins=begins)
    later_s = (said.begins - begins).total_seconds()
    end_s = None if said.end_s is None else said.end_s + later_s
    return replace(said, begins=begins, start_s=later_s, end_s=end_s)


def _is_transcript(analysis: dict[str, object]) -> bool:
    """Says it is one, or, as old conserver output does under other types, lists who says what."""
    if analysis.get("type") in ("transcript", "transcript-redacted"):
        return True
    body = analysis.get("body")
    return (
        isinstance(body, list)
        and bool(body)
        and all(isinstance(one, dict) and {"speaker", "message"} <= one.keys() for one in body)
    )


def _dialog_of(analysis: dict[str, object], *, pointer: str, num_dialogs: int) -> int:
    """The index of the dialog it is about; -1 when it does not say."""
    of = analysis.get("dialog")
    if isinstance(of, list):
        of = of[0] if of else None
    if of is None:
        return -1
    if isinstance(of, bool) or not isinstance(of, int) or not 0 <= of < num_dialogs:
        raise InvalidTranscript("there is no such dialog", pointer=f"{pointer}/dialog")
    return of


def _party_called(speaker: str | int | None, *, parties: list[dict[str, object]]) -> int | None:
    """The only party with this name or, failing that, this role; never a guess among several."""
    if not isinstance(speaker, str):
        return None
    word = " ".join(speaker.split()).casefold()
    named = [
        index
        for index, party in enumerate(parties)
        if isinstance(name := party.get("name"), str) and " ".join(name.split()).casefold() == word
    ]
    if not named:
        role = role_of(speaker)
        named = [
            index for index, party in enumerate(parties) if role not in (None, Role.UNKNOWN) and _role(party) is role
        ]
    return named[0] if len(named) == 1 else None


def _body(holder: dict[str, object], *, pointer: str) -> object:
    """The body as its encoding says; raises InvalidTranscript for one that does not decode."""
    body, encoding = holder.get("body"), holder.get("encoding") or "none"
    if encoding not in ("none", "json", "base64url"):
        raise InvalidTranscript("not an encoding of vCon", pointer=f"{pointer}/encoding")
    if not isinstance(body, str) or encoding == "none":
        return body
    try:
        if encoding == "base64url":
            return strict_text.decode(_base64url(body))
        return strict_json.parse(body.encode())
    except (binascii.Error, ValueError):
        raise InvalidTranscript("broken base64url", pointer=f"{pointer}/body") from None
    except InvalidEncoding:
        raise InvalidTranscript("its base64url does not hold UTF-8", pointer=f"{pointer}/body") from None
    except InvalidTranscript as error:
        raise InvalidTranscript(error.detail, pointer=f"{pointer}/body") from None


def _base64url(text: str) -> bytes:
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)


def _utterances(body: object, *, pointer: str) -> Iterator[_Said]:
    """Who says what, in any of the shapes transcribers leave in an analysis."""
    if isinstance(body, str):
        yield from _from_text(body, pointer=pointer)
    elif isinstance(body, list):
        for index, one in enumerate(body):
            yield _from_entry(one, pointer=f"{pointer}/{index}")
    elif isinstance(body, dict):
        yield from _from_object(body, pointer=pointer)
    else:
        raise InvalidTranscript("not a transcript", pointer=pointer)


def _from_text(body: str, *, pointer: str) -> Iterator[_Said]:
    """JSON in a string, lines with speakers, or the words alone."""
    if body.lstrip()[:1] in ("{", "["):
        try:
            inner = strict_json.parse(body.encode())
        except InvalidTranscript as error:
            raise InvalidTranscript(error.detail, pointer=pointer) from None
        yield from _utterances(inner, pointer=pointer)
    elif plain.recognizes(body.encode()):
        conversation = plain.from_text(body)
        for turn in conversation.turns:
            who = conversation.participant(turn.participant)
            start_s = None if turn.start_ms is None else turn.start_ms / 1000
            yield _Said(who.name or who.id, turn.text, None, start_s=start_s)
    elif body.strip():
        yield _Said(None, body, None)


def _from_object(body: dict[str, object], *, pointer: str) -> Iterator[_Said]:
    results = body.get("results")
    if isinstance(results, dict):
        yield from _from_deepgram(results, pointer=f"{pointer}/results")
        return
    if isinstance(body.get("paragraphs"), dict):
        yield from _from_alternative(body, pointer=pointer, speaker=None)
        return
    for key in ("segments", *_LIST_KEYS):
        items = body.get(key)
        if isinstance(items, list):
            for index, one in enumerate(items):
                said = _from_entry(one, pointer=f"{pointer}/{key}/{index}")
                # Whisper's segments begin with the space between words.
                yield replace(said, text=said.text.strip()) if key == "segments" else said
            return
    for key in ("transcript", "text"):
        words = body.get(key)
        if isinstance(words, str):
            yield from _from_text(words, pointer=f"{pointer}/{key}")
            return
    raise InvalidTranscript("not a shape of transcript known here", pointer=pointer)


def _from_deepgram(results: dict[str, object], *, pointer: str) -> Iterator[_Said]:
    utterances = results.get("utterances")
    if isinstance(utterances, list):
        for index, one in enumerate(utterances):
            yield _from_entry(one, pointer=f"{pointer}/utterances/{index}")
        return
    channels = results.get("channels")
    if not isinstance(channels, list):
        raise InvalidTranscript("a Deepgram result has channels", pointer=f"{pointer}/channels")
    for index, channel in enumerate(channels):
        place = f"{pointer}/channels/{index}/alternatives"
        alternatives = channel.get("alternatives") if isinstance(channel, dict) else None
        if not isinstance(alternatives, list) or not alternatives or not isinstance(alternatives[0], dict):
            raise InvalidTranscript("a channel has alternatives", pointer=place)
        speaker = index if len(channels) > 1 else None
        yield from _from_alternative(alternatives[0], pointer=f"{place}/0", speaker=speaker)


def _from_alternative(alternative: dict[str, object], *, pointer: str, speaker: int | None) -> Iterator[_Said]:
    """One turn a paragraph, or all words at once when they are not divided."""
    holder = alternative.get("paragraphs")
    paragraphs = holder.get("paragraphs") if isinstance(holder, dict) else None
    if isinstance(paragraphs, list) and paragraphs:
        for index, one in enumerate(paragraphs):
            yield _from_paragraph(one, pointer=f"{pointer}/paragraphs/paragraphs/{index}", speaker=speaker)
        return
    words = alternative.get("transcript")
    if not isinstance(words, str):
        raise InvalidTranscript("an alternative has a transcript", pointer=f"{pointer}/transcript")
    if words.strip():
        yield _Said(speaker, words, None)


def _from_paragraph(paragraph: object, *, pointer: str, speaker: int | None) -> _Said:
    sentences = paragraph.get("sentences") if isinstance(paragraph, dict) else None
    if not isinstance(paragraph, dict) or not isinstance(sentences, list):
        raise InvalidTranscript("a paragraph has sentences", pointer=pointer)
    texts = [one.get("text") if isinstance(one, dict) else None for one in sentences]
    joined = [one for one in texts if isinstance(one, str)]
    if len(joined) < len(texts):
        raise InvalidTranscript("a sentence has a text", pointer=f"{pointer}/sentences")
    return _from_entry({"speaker": speaker, **paragraph, "text": " ".join(joined)}, pointer=pointer)


def _from_entry(entry: object, *, pointer: str) -> _Said:
    """One object with a text, and a speaker and seconds if known."""
    if not isinstance(entry, dict):
        raise InvalidTranscript("must be an object", pointer=pointer)
    text = next((entry[key] for key in _TEXT_KEYS if isinstance(entry.get(key), str)), None)
    if text is None:
        raise InvalidTranscript("nothing is said here", pointer=pointer)
    speaker = next((entry[key] for key in _SPEAKER_KEYS if entry.get(key) is not None), None)
    if isinstance(speaker, bool) or not isinstance(speaker, str | int | None):
        raise InvalidTranscript("a speaker is a name or a number", pointer=pointer)
    if isinstance(entry.get("start"), str):
        return _at_moment(entry, _Said(speaker, text, None), pointer=pointer)
    start_s = _seconds(entry.get("start"), pointer=f"{pointer}/start")
    end_s = _seconds(entry.get("end"), pointer=f"{pointer}/end")
    return _Said(speaker, text, None, start_s=start_s, end_s=end_s)


def _at_moment(entry: dict[str, object], said: _Said, *, pointer: str) -> _Said:
    """An entry in a dialog's words, as the draft's own redacted example has them: `parties`, `start`, `duration`."""
    party = entry.get("parties")
    if isinstance(party, bool) or not isinstance(party, int | None) or (party is not None and party < 0):
        raise InvalidTranscript("must be the index of a party", pointer=f"{pointer}/parties")
    begins = _start(entry, pointer=pointer)
    end_s = _seconds(entry.get("duration"), pointer=f"{pointer}/duration")
    start_s = None if begins is None else 0.0
    return replace(said, begins=begins, start_s=start_s, end_s=end_s, party=party)


def _seconds(value: object, *, pointer: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value * 1000 <= canonical.MAX_TIME_MS:
        raise InvalidTranscript("must be a number of seconds within a year", pointer=pointer)
    return float(value)


def _start(dialog: dict[str, object], *, pointer: str) -> datetime | None:
    """When a dialog began; None when it does not say, or says it without a time zone, as old ones do."""
    start = dialog.get("start")
    if start is None:
        return None
    try:
        return canonical.moment(start)
    except ValueError as error:
        if isinstance(start, str) and _is_local(start):
            return None
        raise InvalidTranscript(str(error), pointer=f"{pointer}/start") from None


def _is_local(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def _in_order(said: list[_Said]) -> list[_Said]:
    """In order of time when every moment is known, else as listed."""
    moments = {id(one): _moment(one) for one in said}
    if any(moment is None for moment in moments.values()):
        return said
    return sorted(said, key=lambda one: moments[id(one)] or datetime.min)


def _moment(said: _Said) -> datetime | None:
    if said.begins is None or said.start_s is None:
        return None
    return said.begins + timedelta(seconds=said.start_s)


def _conversation(document: dict[str, object], *, said: list[_Said], dialogs: list[dict[str, object]]) -> Conversation:
    begins = [one.begins for one in said if one.begins is not None]
    origin = min(begins, default=None)
    if origin is not None and any(dialog["type"] == "text" for dialog in dialogs):
        origin = origin.replace(microsecond=0)
    cast = Cast()
    return Conversation(
        turns=tuple(_turn(one, origin=origin, cast=cast) for one in said),
        participants=cast.participants,
        channel=_channel(dialogs),
        started_at=origin,
        external_id=_uuid(document),
        as_of=vcon_history.moment(document.get("updated_at") or document.get("created_at")),
        waits=() if origin is None else vcon_history.holds(dialogs, origin=origin),
    )


def _turn(said: _Said, *, origin: datetime | None, cast: Cast) -> Turn:
    if said.party is not None:
        speaker = cast.member(("party", said.party), role=said.role, name=said.name)
    elif isinstance(said.speaker, int):
        speaker = cast.member(("number", said.speaker))
    else:
        speaker = cast.labelled(said.speaker)
    return Turn(speaker, said.text, *_times(said, origin=origin))


def _times(said: _Said, *, origin: datetime | None) -> tuple[int | None, int | None]:
    """Milliseconds from the origin; a text dialog's end is its duration, an utterance's its own second."""
    if said.start_s is None or (origin is not None and said.begins is None):
        return None, None
    if origin is None and said.party is not None and said.speaker is None:
        return None, None  # a text dialog whose moment is unknown
    offset_s = (said.begins - origin).total_seconds() if said.begins and origin else 0.0
    start_ms = round((offset_s + said.start_s) * 1000)
    end_ms = None if said.end_s is None else round((offset_s + said.end_s) * 1000)
    return start_ms, end_ms


def _channel(dialogs: list[dict[str, object]]) -> Channel:
    for dialog in dialogs:
        word = dialog.get("interaction_type")
        if isinstance(word, str) and word.casefold() in {one.value for one in Channel}:
            return Channel(word.casefold())
    return Channel.VOICE


def _uuid(document: dict[str, object]) -> str | None:
    uuid = document.get("uuid")
    if uuid is None or uuid == "":
        return None
    if not isinstance(uuid, str):
        raise InvalidTranscript("must be text", pointer="/uuid")
    return uuid


def _why_empty(document: dict[str, object], *, dialogs: list[dict[str, object]]) -> str:
    if document.get("redacted"):
        return "everything that was said is redacted; send the vCon of which this is a redaction"
    if any(dialog["type"] in ("recording", "recording-set") for dialog in dialogs):
        return "there is a recording and no transcript of it"
    return "nobody says anything"

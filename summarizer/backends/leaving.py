"""What may leave the installation: a prompt with every line masked again, though what is stored is masked already."""

import re

from summarizer.redaction import masked_lines

_LANGUAGE = re.compile(r"Conversation \([a-z]+, ([a-z]{2,3})\b")
_SPEAKER = re.compile(r"(?:([^\W_]+): )?(.*)")


def without_personal_data(text: str, *, language: str | None) -> str:
    """The same lines, masks in place of what they name, speakers' labels kept."""
    lines = [_parted(line) for line in text.split("\n")]
    covered = masked_lines(lines, language)
    return "\n".join(f"{who}: {said}" if who else said for (who, _), said in zip(lines, covered, strict=True))


def language_of(prompt: str) -> str | None:
    """The language that a rendered prompt's first line names."""
    named = _LANGUAGE.match(prompt)
    return named[1] if named else None


def _parted(line: str) -> tuple[str, str]:
    parts = _SPEAKER.fullmatch(line)
    return (parts[1] or "", parts[2]) if parts else ("", line)

"""Say of files which format they are and how many turns they hold, or why they are refused: `python -m
summarizer.formats FILE...`. Ends with 1 if one was refused.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from summarizer import formats
from summarizer.errors import InvalidTranscript, SummarizerError
from summarizer.formats import jws


def main(arguments: Sequence[str]) -> int:
    """One line a file, cells with bars between them; the exit status."""
    wanted = ArgumentParser(prog="python -m summarizer.formats", description="Which format, how many turns, or why not")
    wanted.add_argument("files", nargs="+", type=Path, metavar="FILE")
    wanted.add_argument("--format", choices=[one.name for one in formats.FORMATS], help="instead of looking")
    wanted.add_argument("--vcon-keys", type=Path, metavar="PEM", help="keys by which a vCon may be signed")
    given = wanted.parse_args(arguments)
    trusted = jws.trusted_keys(given.vcon_keys.read_bytes()) if given.vcon_keys else ()
    all_read = True
    for path in given.files:
        found, outcome, was_read = _look(path, name=given.format, trusted=trusted)
        all_read = all_read and was_read
        print(f"{path} | {found} | {outcome}")
    return 0 if all_read else 1


def _look(path: Path, *, name: str | None, trusted: Sequence[jws.PublicKey]) -> tuple[str, str, bool]:
    """The format, what came of it, and whether that is a conversation."""
    found = "none"
    try:
        raw = path.read_bytes()
        found = name or formats.detect(raw).name
        conversation = formats.read(raw, found, trusted=trusted)
    except InvalidTranscript as error:
        return found, f"refused at {error.pointer or 'the top'}: {error.detail}", False
    except (SummarizerError, OSError) as error:
        return found, f"refused: {error}", False
    return found, f"{len(conversation.turns)} turns", True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

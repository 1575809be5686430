"""One thing that was looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen; `advice` names the command or the setting that mends it, and is empty when all is well."""

    name: str
    seen: str
    advice: str = ""

"""The signing secrets of an endpoint: the present one, and for a day the one before it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from summarizer.signatures.standard import new_secret

OVERLAP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What signs; a receiver that knows either of them finds its signature."""

    current: str
    former: str | None = None
    former_until: datetime | None = None

    def live(self, now: datetime) -> tuple[str, ...]:
        """Those that sign at this moment, the present one first."""
        is_live = self.former is not None and self.former_until is not None and now < self.former_until
        return (self.current, self.former) if is_live and self.former is not None else (self.current,)

    def rotated(self, now: datetime) -> "Secrets":
        """With a new one; the present one still signs for a day, and what was before it no more."""
        return Secrets(new_secret(), self.current, now + OVERLAP)

    def retired(self) -> "Secrets":
        """The present one alone."""
        return Secrets(self.current)


def to_list(secrets: Secrets) -> list[str]:
    """As they are sealed."""
    if secrets.former is None or secrets.former_until is None:
        return [secrets.current]
    return [secrets.current, secrets.former, secrets.former_until.isoformat()]


def from_list(texts: list[str]) -> Secrets:
    """What `to_list` was given."""
    current, *former = texts
    return Secrets(current, former[0], datetime.fromisoformat(former[1])) if former else Secrets(current)

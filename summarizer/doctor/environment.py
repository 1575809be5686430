"""Settings, packages and disk: what surrounds the service on this machine."""

import platform
import shutil
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from pydantic import ValidationError

from summarizer.doctor.finding import Finding
from summarizer.settings import Settings, names_set

MIN_FREE_BYTES = 2_000_000_000
LIKE_ENOUGH = 0.87  #: of the letters of two names
MIN_CHARACTERS = 6  #: of a name that is compared
PREFIX = "WRAPUP_"
OF_OTHERS = ("OTEL_", "OWNER_DATABASE_PASSWORD")  #: read by OpenTelemetry and by compose
KNOWN = frozenset(name.upper() for name in Settings.model_fields)


def look(settings: Settings) -> Iterator[Finding]:
    """The settings are those of this process; a worker elsewhere may have others."""
    yield Finding("python", platform.python_version())
    yield _packages(requires("wrapup") or [])
    yield from _settings(settings)
    yield disk("disk", Path(), setting="the working directory")
    yield disk(
        "nightly disk", settings.nightly_dir, setting="NIGHTLY_DIR", may_come="nightly_dir" not in set_in(settings)
    )


def unusable(error: ValidationError) -> Iterator[Finding]:
    """Which settings are missing or wrong, and what is set instead; values are never told."""
    names = names_set()
    meant = mistaken(names)
    for one in error.errors(include_input=False, include_url=False):
        name = str(one["loc"][0]).upper()
        instead = next((other for other, ours in meant.items() if ours == name), None)
        advice = f"set {name}" if instead is None else f"rename {instead}: its name is {name}"
        if one["type"] != "missing":
            advice = f"set {name} to what summarizer/settings.py says of it"
        yield Finding("settings", f"{name}: {'missing' if one['type'] == 'missing' else 'wrong'}", advice)


def mistaken(names: Collection[str]) -> dict[str, str]:
    """Variables that nobody reads though they look like ours, and which of ours each may have been meant to be."""
    found = {}
    for name in sorted(set(names) - KNOWN):
        meant = _meant(name)
        if meant is not None and meant not in names:
            found[name] = meant
    return found


def disk(name: str, place: Path, *, setting: str, may_come: bool = False) -> Finding:
    """The room at a place; one that may come is made when it is needed."""
    seen = place
    while may_come and not seen.exists() and seen != seen.parent:
        seen = seen.parent
    if not seen.exists():
        return Finding(name, f"{place} is not there", f"make it, mount it, or set {setting} to another place")
    free = shutil.disk_usage(seen).free
    advice = "" if free > MIN_FREE_BYTES else f"make room at {seen.resolve()}: under 2 GB is left"
    return Finding(name, f"{free / 1e9:.1f} GB free", advice)


def set_in(settings: Settings) -> set[str]:
    """The fields that somebody set, whether as the default or otherwise."""
    return settings.model_fields_set


def _settings(settings: Settings) -> Iterator[Finding]:
    meant = mistaken(names_set())
    for name, ours in meant.items():
        yield Finding("settings", f"{name} is set and nobody reads it", f"did you mean {ours}? rename it, or unset it")
    if not meant:
        yield Finding("settings", f"{len(set_in(settings))} set, none misspelt")


def _meant(name: str) -> str | None:
    if name.removeprefix(PREFIX) in KNOWN:
        return name.removeprefix(PREFIX)
    if len(name) < MIN_CHARACTERS or name.startswith(OF_OTHERS):
        return None
    return next(iter(get_close_matches(name, KNOWN, n=1, cutoff=LIKE_ENOUGH)), None)


def _packages(wanted: Collection[str]) -> Finding:
    """Those that are pinned, as far as they are installed; one without which nothing starts must be."""
    num_looked_at, others = 0, []
    for requirement in map(Requirement, wanted):
        is_needed = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            others += [requirement] if is_needed else []
            continue
        is_pinned = any(one.operator == "==" for one in requirement.specifier)
        num_looked_at += is_pinned or is_needed
        if (is_pinned or is_needed) and not requirement.specifier.contains(installed, prereleases=True):
            others.append(requirement)
    if not others:
        return Finding("packages", f"{num_looked_at} of the wanted versions")
    named = sorted({f"{one.name}{one.specifier}" for one in others})
    install = " ".join(f"'{one}'" for one in named)
    return Finding("packages", f"{', '.join(named)} wanted, and not there", f"run `pip install {install}`")

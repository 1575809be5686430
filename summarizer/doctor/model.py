"""Our own model: whether it loads, is the one that is meant, and computes as fast as it can."""

from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from summarizer.doctor.environment import disk
from summarizer.doctor.finding import Finding
from summarizer.errors import UnusableCheckpoint
from summarizer.model import load
from summarizer.settings import Settings
from summarizer.store import model_versions
from summarizer.store.database import Database, app_engine
from summarizer.store.model_versions import Version

WITHOUT_KERNELS = "torch's; on x86-64 with AVX-512 and VNNI, with a C++ compiler when installing, there are faster ones"
LEN_VERSION = 12


def look(settings: Settings) -> Iterator[Finding]:
    """Where no engine is installed, as where the API runs, there is no model to look at."""
    if find_spec("torch") is None or find_spec("summarizer.engine") is None:
        yield Finding("model", "no engine is installed here, so nothing is summarized here")
        return
    if not settings.model_dir.is_dir():
        missing = "make it: `python -m summarizer.engine.hub NAME --to DIR`, or set MODEL_DIR to where a model is"
        yield Finding("model", f"{settings.model_dir} is not there", missing)
    else:
        yield disk("model disk", settings.model_dir, setting="MODEL_DIR")
        yield from _own(settings)
    yield from _champion(settings)


def _own(settings: Settings) -> Iterator[Finding]:
    from summarizer.engine.files import model_version

    seen = model_version(settings.model_dir)
    if settings.model_version not in (None, seen):
        mend = "put the right files into MODEL_DIR, or set MODEL_VERSION to what they are"
        yield Finding("model", f"{settings.model_dir} holds {seen[:LEN_VERSION]}, not MODEL_VERSION", mend)
        return
    with closing(load(settings)) as generator:
        yield Finding("model", f"{seen[:LEN_VERSION]} in {settings.model_dir}")
        yield Finding("precision", f"{generator.precision} on {settings.device}")
        yield Finding("kernels", "our own" if generator.is_native else WITHOUT_KERNELS)


def _champion(settings: Settings) -> Iterator[Finding]:
    """What was promoted serves only where its files are as they were judged."""
    from summarizer.engine.files import model_version

    with closing(Database(app_engine(settings))) as database, database.begin(None) as session:
        serving = model_versions.serving(session)
    if serving is None:
        return
    yield _promoted("champion", serving.champion, model_version)
    if serving.challenger is not None:
        yield _promoted("challenger", serving.challenger, model_version)


def _promoted(name: str, version: Version, model_version: Callable[[Path], str]) -> Finding:
    mend = f"bring {version.directory} back (workers see NIGHTLY_DIR under one path), or run `wrapup model rollback`"
    try:
        seen = model_version(Path(version.directory))
    except UnusableCheckpoint as error:
        return Finding(name, f"{version.id[:LEN_VERSION]} cannot be read: {error}", mend)
    if seen != version.id:
        return Finding(name, f"{version.directory} has other bytes than were judged", mend)
    return Finding(name, f"{version.id[:LEN_VERSION]} in {version.directory}")

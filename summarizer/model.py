"""The model that the settings name, loaded; importing this module does not load torch, calling `load` does."""

from pathlib import Path
from typing import TYPE_CHECKING

from summarizer.settings import ModelSettings

if TYPE_CHECKING:
    from summarizer.engine.generator import BloomGenerator
    from summarizer.store.model_versions import Version


def load(settings: ModelSettings, version: "Version | None" = None) -> "BloomGenerator":
    """The generator of a version, or of MODEL_DIR, ready to write; raises UnusableCheckpoint."""
    from summarizer.engine.capacity import Capacity
    from summarizer.engine.generator import load_generator
    from summarizer.engine.linear import Precision

    return load_generator(
        Path(version.directory) if version else settings.model_dir,
        device=settings.device,
        precision=None if settings.precision == "auto" else Precision(settings.precision),
        expected_version=version.id if version else settings.model_version,
        capacity=Capacity(cache_tokens=settings.cache_tokens),
        threads=settings.num_threads or None,
        deadline=settings.job_deadline,
    )

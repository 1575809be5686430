"""The model that the settings name, loaded; importing this module does not load torch, calling `load` does."""

from typing import TYPE_CHECKING

from summarizer.settings import ModelSettings

if TYPE_CHECKING:
    from summarizer.engine.generator import BloomGenerator


def load(settings: ModelSettings) -> "BloomGenerator":
    """The generator, ready to write; raises UnusableCheckpoint."""
    from summarizer.engine.generator import load_generator

    return load_generator(
        settings.model_dir,
        device=settings.device,
        threads=settings.num_threads or None,
        deadline=settings.job_deadline,
    )

"""The model that the settings name, loaded; importing this module does not load torch, calling `load` does."""

from typing import TYPE_CHECKING

from summarizer.settings import ModelSettings

if TYPE_CHECKING:
    from summarizer.engine.generator import BloomGenerator


def load(settings: ModelSettings) -> "BloomGenerator":
    """The generator, ready to write; raises UnusableCheckpoint."""
    from summarizer.engine.checkpoint import model_version
    from summarizer.engine.gate import choose
    from summarizer.engine.generator import load_generator
    from summarizer.engine.linear import Precision

    directory, asked = settings.model_dir, settings.precision
    return load_generator(
        directory,
        device=settings.device,
        precision=choose(
            directory,
            version=model_version(directory),
            device=settings.device,
            asked=None if asked == "auto" else Precision(asked),
        ),
        threads=settings.num_threads or None,
        deadline=settings.job_deadline,
    )

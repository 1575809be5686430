"""One attempt: the first backend of a plan that can writes the summary, and what each took is noted."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from summarizer.budget import Because, Plan
from summarizer.conversation import Conversation
from summarizer.errors import DeadlineExceeded, DeviceLost, GeneratorStopped, ModelFailure
from summarizer.generate import Generator, Patient
from summarizer.metering import Meter, Metered
from summarizer.resting import Resting
from summarizer.specs import EXTRACTIVE
from summarizer.summarize import summarize
from summarizer.summary import Summary
from summarizer.template import Template

Serving = Callable[[str], AbstractContextManager[Generator]]  #: a backend by its name; raises ModelFailure


@dataclass(frozen=True, slots=True)
class Taken:
    """What one backend took, whether or not it came to a summary."""

    backend: str
    model_version: str
    meter: Meter
    is_summary: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A summary, by which backend, and why not by the first of the choice."""

    summary: Summary
    taken: Taken
    because: Because | None


def write(
    conversation: Conversation,
    template: Template,
    plan: Plan,
    serving: Serving,
    *,
    patience: timedelta,
    resting: Resting,
    taken: list[Taken],
) -> Written:
    """The summary by the first backend that can; `taken` grows by what each of those asked took.

    Raises ModelFailure when the last one fails; DeviceLost and GeneratorStopped at once, since the process ends then.
    After one that used up the time of an attempt only quotations are tried. The last one is asked even if it rests.
    """
    names, because = list(plan.backends), plan.because
    while True:
        name = names.pop(0)
        if names and resting.is_resting(name):
            because = Because.BACKEND_FAILED
            continue
        try:
            written = _by(name, conversation, template, serving, patience=patience, because=because, taken=taken)
            resting.wrote(name)
            return written
        except (DeviceLost, GeneratorStopped):
            raise
        except ModelFailure as error:
            resting.failed(name)
            if isinstance(error, DeadlineExceeded):
                names = [one for one in names if one == EXTRACTIVE]
            if not names:
                raise
            because = Because.BACKEND_FAILED


def _by(
    name: str,
    conversation: Conversation,
    template: Template,
    serving: Serving,
    *,
    patience: timedelta,
    because: Because | None,
    taken: list[Taken],
) -> Written:
    with serving(name) as generator:
        metered = Metered(generator)
        summary = None
        try:
            summary = summarize(conversation, Patient(metered, patience) if patience else metered, template)
        finally:
            taken.append(Taken(name, generator.model_version, metered.meter, is_summary=summary is not None))
        return Written(summary, taken[-1], because)

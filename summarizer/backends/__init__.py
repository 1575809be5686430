"""Where prompts become completions: our engine, other local models, an endpoint, or nobody.

    endpoint      a server that speaks OpenAI's API
      chat        what is sent to it, what is read from its answer
      leaving     what may leave the installation
      calls       a few requests at a time
    extractive    no model, quotations

Whatever writes, the same grounding, checks and gate stand behind it.
"""

from summarizer.backends.endpoint import Endpoint
from summarizer.backends.extractive import Extractive
from summarizer.errors import UnusableCheckpoint
from summarizer.generate import Opened
from summarizer.model import load
from summarizer.settings import ModelSettings
from summarizer.specs import CausalSpec, EndpointSpec, ExtractiveSpec, LightSpec, OwnSpec, Spec


def opened(spec: Spec, settings: ModelSettings) -> Opened:
    """The generator of a backend, ready to write; raises ModelFailure. Libraries are loaded here, not before."""
    match spec:
        case ExtractiveSpec():
            return Extractive()
        case OwnSpec():
            return load(settings if spec.model_dir is None else settings.model_copy(update=_other(spec)))
        case EndpointSpec():
            return Endpoint(spec, deadline=settings.job_deadline)
        case CausalSpec() | LightSpec():
            raise UnusableCheckpoint(f"no backend of kind {spec.kind} can be opened yet")


def _other(spec: OwnSpec) -> dict[str, object]:
    return {"model_dir": spec.model_dir, "model_version": None}

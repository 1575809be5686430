"""Where prompts become completions: our engine, other local models, an endpoint, or nobody.

    endpoint      a server that speaks OpenAI's API
      chat        what is sent to it, what is read from its answer
      leaving     what may leave the installation
      calls       a few requests at a time
    extractive    no model, quotations
    local         a line of requests before a local model
    asking        what stands around a prompt, by which instruction a model is asked
    causal        a Writer by transformers
    light         a Writer by CTranslate2, without torch

Whatever writes, the same grounding, checks and gate stand behind it.
"""

from summarizer.backends.endpoint import Endpoint
from summarizer.backends.extractive import Extractive
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
        case CausalSpec():
            from summarizer.backends.causal import load_causal

            return load_causal(spec, settings)
        case LightSpec():
            from summarizer.backends.light import load_light

            return load_light(spec, settings)
        case EndpointSpec():
            return Endpoint(spec, deadline=settings.job_deadline)


def _other(spec: OwnSpec) -> dict[str, object]:
    return {"model_dir": spec.model_dir, "model_version": None}

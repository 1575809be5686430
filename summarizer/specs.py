"""Which backends an installation has: a TOML file that its owner edits, no code.

    [backends.dolly]
    kind = "transformers"
    model_dir = "/models/dolly-v2-3b"

    [backends.vllm]
    kind = "endpoint"
    url = "http://vllm:8000/v1"
    model = "meta-llama/Llama-3.1-8B-Instruct"
    on_premises = true

Two need no line: `wrapup`, the champion on our own engine, and `extractive`, quotations alone.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from summarizer import owner_files
from summarizer.errors import InvalidBackends

OURS, EXTRACTIVE = "wrapup", "extractive"
DEFAULT_CHAIN = (OURS,)
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class _Spec(BaseModel):
    """What all have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    device: str | None = None  #: of the price list, by whose hours it is paid; None: DEVICE, an endpoint's nobody
    budget_per_day: float | None = Field(None, gt=0)  #: money that one tenant may spend on it in a day, UTC

    @property
    def is_on_premises(self) -> bool:
        """Whether no word leaves the installation."""
        return True


class OwnSpec(_Spec):
    """A BLOOM checkpoint on our own engine; without a directory the champion."""

    kind: Literal["bloom"] = "bloom"
    model_dir: Path | None = None


class ExtractiveSpec(_Spec):
    """No model: quotations that say they are quotations."""

    kind: Literal["extractive"] = "extractive"


class CausalSpec(_Spec):
    """Any local causal model of transformers, asked by an instruction."""

    kind: Literal["transformers"] = "transformers"
    model_dir: Path
    style: Literal["auto", "plain", "dolly", "chat"] = "auto"  #: plain: ours; chat: by its template; else dolly
    max_new_tokens: int = Field(256, ge=16, le=4096)
    max_batch: int = Field(4, ge=1)


class LightSpec(_Spec):
    """A checkpoint converted for CTranslate2, for a small worker without torch."""

    kind: Literal["ctranslate2"] = "ctranslate2"
    model_dir: Path
    max_new_tokens: int = Field(256, ge=16, le=4096)


class EndpointSpec(_Spec):
    """A server that speaks OpenAI's API: vLLM, llama.cpp, or a rented model."""

    kind: Literal["endpoint"] = "endpoint"
    url: str
    model: str = Field(min_length=1)
    key_file: Path | None = None  #: of the bearer key
    on_premises: bool = False  #: its address must then be a private one
    rented_as: str | None = None  #: the model of the price list, by whose tokens it is paid
    max_prompt_tokens: int = Field(6_000, ge=256)
    max_new_tokens: int = Field(512, ge=16)
    timeout_seconds: float = Field(60.0, gt=0, le=600)
    max_attempts: int = Field(3, ge=1, le=10)
    characters_per_token: float = Field(3.0, gt=0.5)  #: to count without its tokenizer; the smaller, the safer

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", url):
            raise ValueError("send the address of an API, as http://host:8000/v1")
        return url.rstrip("/")

    @property
    def is_on_premises(self) -> bool:
        """As its owner says."""
        return self.on_premises


Spec = Annotated[OwnSpec | ExtractiveSpec | CausalSpec | LightSpec | EndpointSpec, Field(discriminator="kind")]
Specs = Mapping[str, OwnSpec | ExtractiveSpec | CausalSpec | LightSpec | EndpointSpec]

BUILT_IN: Specs = {OURS: OwnSpec(), EXTRACTIVE: ExtractiveSpec()}


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    backends: dict[str, Spec] = {}


def read(path: Path | None) -> Specs:
    """All backends by name, those of the file after ours; raises InvalidBackends."""
    if path is None:
        return BUILT_IN
    found = owner_files.read(path, _File, refusal=InvalidBackends).backends
    for name in found:
        if not _NAME.fullmatch(name) or name in BUILT_IN:
            raise InvalidBackends(f"{path}: {name} may not be the name of a backend")
    return {**BUILT_IN, **found}

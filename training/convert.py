"""A checkpoint for a small worker on a CPU, which has CTranslate2 and no torch.

    python -m training.convert --model DIR|shipped --to DIR [--quantization int8|int16|float32] [--style STYLE]

What CTranslate2's own files do not say is laid beside them: the tokenizer, how the model is asked, what ends its text,
how much it reads, and which checkpoint it was made from.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from ctranslate2.converters import TransformersConverter
from rich.console import Console
from transformers import AutoConfig

from summarizer.backends.causal import context_of, read_asking, style_of
from summarizer.backends.light import CARD, Card
from summarizer.engine.files import CONFIG, LIMITS, TOKENIZER, model_version, read_object
from training.checkpoint import WRITING, publish_directory, write_json
from training.evaluate import SHIPPED

#: By CTranslate2's names; what no weight is, is fp32, because no CPU computes fast in the fp16 of our checkpoints.
QUANTIZATIONS = {"int8": "int8_float32", "int16": "int16", "float32": "float32"}
#: To know how it is asked: the least that any LightSpec may write.
LEAST_NEW_TOKENS = 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a checkpoint directory, or `shipped`")
    parser.add_argument("--to", type=Path, required=True, help="where the converted model goes")
    parser.add_argument("--quantization", choices=list(QUANTIZATIONS), default="int8")
    parser.add_argument("--style", choices=("auto", "plain", "dolly", "chat"), default="auto", help="how it is asked")
    args = parser.parse_args()

    directory = SHIPPED if args.model == "shipped" else Path(args.model)
    convert(directory, args.to, quantization=args.quantization, style=args.style)
    Console().print_json((args.to / CARD).read_text(encoding="utf-8"))


def convert(directory: Path, target: Path, *, quantization: str = "int8", style: str = "auto") -> Path:
    """The converted model, whole or not at all; raises UnusableCheckpoint."""
    style = style_of(directory) if style == "auto" else style
    asking = read_asking(directory, style=style, max_new_tokens=LEAST_NEW_TOKENS)
    config = AutoConfig.from_pretrained(directory, local_files_only=True, trust_remote_code=False)
    limits = read_object(directory / LIMITS) if (directory / LIMITS).exists() else {}
    card = Card(
        made_from=model_version(directory),
        quantization=quantization,
        style=style,
        before=asking.around.before,
        after=asking.around.after,
        end_tokens=tuple(sorted(asking.end_tokens)),
        context=context_of(config),
        max_new_tokens=limits.get("max_new_tokens"),
    )
    aside = target.with_name(f"{target.name}{WRITING}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.parent.mkdir(parents=True, exist_ok=True)
    TransformersConverter(str(directory)).convert(str(aside), quantization=QUANTIZATIONS[quantization])
    _complete(aside, config, card)
    shutil.copyfile(directory / TOKENIZER, aside / TOKENIZER)
    write_json(aside / CARD, card.model_dump(mode="json"))
    publish_directory(aside, target)
    return target


def _complete(directory: Path, config: Any, card: Card) -> None:
    """Without these CTranslate2 does not open a model whose tokenizer names no control tokens, as ours does not."""
    own = read_object(directory / CONFIG)
    words = json.loads((directory / "vocabulary.json").read_text("utf-8"))
    end = words[card.end_tokens[0]]
    known = {
        "bos_token": own.get("bos_token") or end,
        "eos_token": own.get("eos_token") or end,
        "unk_token": own.get("unk_token") or words[0],
        "layer_norm_epsilon": own.get("layer_norm_epsilon") or _epsilon(config),
    }
    write_json(directory / CONFIG, own | known)


def _epsilon(config: Any) -> float:
    names = ("layer_norm_epsilon", "layer_norm_eps", "rms_norm_eps")
    return next(float(found) for name in names if (found := getattr(config, name, None)) is not None)


if __name__ == "__main__":
    main()

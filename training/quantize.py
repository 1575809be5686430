"""May this model be served in int8? Compares it with itself in fp32, and lays the answer beside the weights.

    python -m training.quantize --model DIR|shipped --data FILE.jsonl.gz [--limit N]

int8 must choose fp32's token at 97 of 100 places, stay within 0.02 nats of its probabilities, and lose no more than
half a point of ROUGE-1 before any checking. Without this the service computes in fp32.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from summarizer.engine.bloom import Bloom
from summarizer.engine.checkpoint import read_config, read_limits
from summarizer.engine.files import GATE
from summarizer.engine.gate import Comparison, compare, write_gate
from summarizer.engine.generator import load_generator, read_tokenizer
from summarizer.engine.linear import Precision
from summarizer.engine.sampling import SamplingOptions
from summarizer.prompt import fit, render
from training.evaluate import SHIPPED, Example, Pipeline, evaluate, read_examples

MOST_LOST = 0.5  # points of ROUGE-1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a checkpoint directory, or `shipped`")
    parser.add_argument("--data", type=Path, required=True, help="a .jsonl or .jsonl.gz file of records")
    parser.add_argument("--limit", type=int, help="only the first so many records")
    args = parser.parse_args()

    directory = SHIPPED if args.model == "shipped" else Path(args.model)
    examples = read_examples(args.data, limit=args.limit)
    comparison = compare_on(examples, directory)
    scores = {one.value: rouge1(examples, directory, precision=one) for one in (Precision.FP32, Precision.INT8)}
    is_as_good = scores[Precision.FP32] - scores[Precision.INT8] <= MOST_LOST
    source = f"{args.data.parent.name}/{args.data.name}, {len(examples)} conversations"
    write_gate(directory, comparison, passes=comparison.passes and is_as_good, rouge1=scores, data=source)
    Console().print_json((directory / GATE).read_text(encoding="utf-8"))


def compare_on(examples: Sequence[Example], directory: Path) -> Comparison:
    """Over the prompts of these conversations."""
    config = read_config(directory)
    limits, tokenizer = read_limits(directory, config=config), read_tokenizer(directory, config=config)

    def encode(text: str) -> list[int]:
        return tokenizer.encode(text, add_special_tokens=False).ids

    prompts = [
        encode(render(one.conversation, cut))
        for one in examples
        for cut in fit(
            one.conversation, count_tokens=lambda text: len(encode(text)), max_prompt_tokens=limits.max_prompt_tokens
        )
    ]
    exact, quantized = (Bloom.load(directory, precision=one) for one in (Precision.FP32, Precision.INT8))
    options = SamplingOptions(max_new_tokens=limits.max_new_tokens, stop_tokens=config.end_tokens)
    return compare(exact, quantized, prompts, options=options)


def rouge1(examples: Sequence[Example], directory: Path, *, precision: Precision) -> float:
    """Of what the model writes, before any check could hide a difference."""
    generator = load_generator(directory, precision=precision, is_gated=False)
    try:
        return evaluate(examples, generator, pipeline=Pipeline.RAW).scores["model"].rouge1
    finally:
        generator.close()


if __name__ == "__main__":
    main()

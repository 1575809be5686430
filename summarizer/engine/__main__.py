"""Check a checkpoint: sequences written together come out as they do one by one.

python -m summarizer.engine DIRECTORY [--sequences 16] [--max-prompt-tokens 600] [--new-tokens 32] [--seed 0]
"""

import argparse
import sys
import time
from pathlib import Path
from random import Random

from summarizer.engine.bloom import Bloom
from summarizer.engine.engine import write_all
from summarizer.engine.sampling import SamplingOptions
from summarizer.errors import ModelFailure

Tokens = list[int]


def main() -> int:
    """Exit status 0 if every sequence agrees, 1 if one differs, 2 if the checkpoint cannot be used."""
    arguments = _arguments()
    try:
        model = Bloom.load(arguments.directory)
    except ModelFailure as error:
        print(error, file=sys.stderr)
        return 2
    random = Random(arguments.seed)
    prompts = [
        [random.randrange(model.vocabulary_size) for _ in range(random.randint(1, arguments.max_prompt_tokens))]
        for _ in range(arguments.sequences)
    ]
    options = SamplingOptions(max_new_tokens=arguments.new_tokens)
    together, seconds_together = write_together(model, prompts, options=options)
    alone, seconds_alone = write_one_by_one(model, prompts, options=options)
    different = [number for number, (one, other) in enumerate(zip(together, alone, strict=True)) if one != other]
    print(f"together    {seconds_together:8.2f} s")
    print(f"one by one  {seconds_alone:8.2f} s")
    print(f"identical   {len(prompts) - len(different)} of {len(prompts)} sequences")
    for number in different:
        print(f"sequence {number} differs from token {_first_difference(together[number], alone[number])} on")
    return 1 if different else 0


def write_together(model: Bloom, prompts: list[Tokens], *, options: SamplingOptions) -> tuple[list[Tokens], float]:
    """All completions in one batch, and the seconds it took."""
    start = time.perf_counter()
    return write_all(model, prompts, options), time.perf_counter() - start


def write_one_by_one(model: Bloom, prompts: list[Tokens], *, options: SamplingOptions) -> tuple[list[Tokens], float]:
    """Each completion by an engine of its own, and the seconds all of it took."""
    written = [write_together(model, [prompt], options=options) for prompt in prompts]
    return [completions[0] for completions, _ in written], sum(seconds for _, seconds in written)


def _first_difference(one: Tokens, other: Tokens) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (token, expected) in pairs if token != expected), min(len(one), len(other)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m summarizer.engine", description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, help="a checkpoint directory")
    parser.add_argument("--sequences", type=int, default=16, help="how many random prompts")
    parser.add_argument("--max-prompt-tokens", type=int, default=600, help="their greatest length")
    parser.add_argument("--new-tokens", type=int, default=32, help="tokens to write for each")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other prompts")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

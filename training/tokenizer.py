"""A byte-level BPE like BLOOM's, trained on our own text.

    python -m training.tokenizer --data DIR --out DIR [--size 8192]

Any text survives encode and decode. Digits stand alone, so that a number is copied digit by digit and
never remembered as a whole; the special tokens have BLOOM's ids.
"""

import argparse
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from summarizer.prompt import render, render_completion
from training.dataset import Policy, allowed, conversation_of, examples_of
from training.hygiene import clean_sets

SPECIAL_TOKENS = ["<unk>", "<s>", "</s>", "<pad>"]
UNK, BOS, EOS, PAD = range(4)
ENDS = ("</s>", "<|endoftext|>", "<|end_of_text|>")  # as BLOOM and LLaMA write it, as GPT does, as LLaMA 3 does
NUM_BYTES = 256
WORDS = r" ?\p{N}| ?[\p{L}\p{M}]+(?:'\p{L}+)?| ?[^\s\p{L}\p{M}\p{N}]+|\s+"

#: Conversations from each set: enough to see its words, not so many that one set's phrases fill the vocabulary.
SHARES = {
    "star": 4000,
    "sgd": 4000,
    "tau_airline": 199,
    "taskmaster4": 500,
    "multidogo": 4000,
    "mts_dialog": 1200,
    "aci_bench": 67,
    "primock57": 45,
    "qmsum": 60,
}


def train(texts: Iterable[str], *, size: int) -> Tokenizer:
    """A tokenizer of at most `size` tokens."""
    tokenizer = Tokenizer(models.BPE(unk_token=None))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=SPECIAL_TOKENS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def texts(data: Path, *, seed: int) -> Iterator[str]:
    """Prompts, with their completions where there are some."""
    sets, _ = clean_sets(data, allowed(SHARES, Policy.COMMERCIAL))
    for dataset, records in sets:
        random.Random(seed).shuffle(records)
        for record in records[: SHARES[dataset.name]]:
            conversation = conversation_of(record)
            if conversation is not None:
                yield render(conversation)
            yield from (render_completion(draft) for _, draft in examples_of(record, dataset))


def end_of(tokenizer: Tokenizer) -> int:
    """The token that ends a text; raises ValueError for a vocabulary that has none we know."""
    for name in ENDS:
        if (number := tokenizer.token_to_id(name)) is not None:
            return int(number)
    raise ValueError(f"the vocabulary has none of {', '.join(ENDS)}")


def tokens_of(tokenizer: Tokenizer) -> list[str]:
    """All tokens by id, the frequent ones first."""
    ids = tokenizer.get_vocab()
    return sorted(ids, key=ids.__getitem__)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the public data folder")
    parser.add_argument("--out", type=Path, required=True, help="where tokenizer.json goes")
    parser.add_argument("--size", type=int, default=8192)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    tokenizer = train(texts(args.data, seed=args.seed), size=args.size)
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(args.out / "tokenizer.json"))
    print(f"{tokenizer.get_vocab_size()} tokens in {args.out / 'tokenizer.json'}")


if __name__ == "__main__":
    main()

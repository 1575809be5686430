"""A small BLOOM from scratch, on conversations with built summaries.

    python -m training.pretrain --data DIR --tokenizer DIR --out DIR

Start it again with the same arguments and it goes on where it stopped.
"""

import argparse
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from accelerate import PartialState
from tokenizers import Tokenizer
from transformers import BloomConfig, BloomForCausalLM

from summarizer.conversation import Conversation
from summarizer.ledger import LEDGER
from summarizer.summary import Draft
from training.augment import anonymous, disguise, drill, varied, vocabulary_of
from training.checkpoint import fingerprint, printable, publish, read_details
from training.dataset import (
    Dataset,
    Policy,
    Record,
    Targets,
    allowed,
    built_for,
    conversation_of,
    examples_of,
    shortened,
    spans_of,
)
from training.hygiene import clean_sets
from training.initial import give_copying_heads
from training.loop import Plan, recent, train
from training.origin import ledger, origin_of
from training.plot import plot_losses
from training.rows import Row, example_row
from training.tokenizer import BOS, EOS, NUM_BYTES, PAD, SPECIAL_TOKENS, tokens_of

#: Conversations taken from each set: contact-center-like ones all, the rest for breadth.
SHARES = {
    "star": 6000,
    "sgd": 12_000,
    "tau_airline": 199,
    "taskmaster4": 500,
    "multidogo": 4000,
    "mts_dialog": 1200,
    "aci_bench": 67,
    "primock57": 45,
    "qmsum": 120,
}
LONG_CHARACTERS = 700  # a longer conversation costs more than it teaches
LONG_SHARE = 0.4  # of them are read whole
ANONYMOUS_SHARE = 0.25  # of them are read as if nobody knew who the agent is
NUM_COMMON = 700  # tokens too frequent to be renamed by `disguise`


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # Where
    parser.add_argument("--data", type=Path, required=True, help="the public data folder")
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder of tokenizer.json")
    parser.add_argument("--out", type=Path, required=True, help="states while it runs, out/model at the end")
    parser.add_argument("--policy", type=Policy, default=Policy.COMMERCIAL, choices=list(Policy))
    parser.add_argument("--datasets", nargs="+", default=list(SHARES), choices=list(SHARES))
    parser.add_argument("--limit", type=int, help="at most so many conversations from each set")
    parser.add_argument("--start", type=Path, help="a checkpoint of ours to go on from, instead of random weights")
    # Model
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--heads", type=int, default=8)
    parser.add_argument("--context", type=int, default=1024, help="longer rows are left out")
    # Optimization
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--warmup", type=int, default=100, help="steps")
    parser.add_argument("--prompt-share", type=float, default=0.3, help="of the prompt tokens that count in the loss")
    parser.add_argument("--disguise", type=float, default=0.3, help="share of rare words renamed in an example")
    parser.add_argument("--drill-steps", type=int, default=350, help="steps of copying drills before all else")
    parser.add_argument("--drill-rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    # Running
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=int, default=50, help="steps")
    args = parser.parse_args()

    # Set-up
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    tokenizer = Tokenizer.from_file(str(args.tokenizer / "tokenizer.json"))

    # Data
    sets, hygiene = clean_sets(args.data, allowed(args.datasets, args.policy))
    rows = list(pretraining_rows(sets, args, tokenizer))
    num_tokens = sum(len(row.ids) for row in rows)
    print(f"{len(rows)} rows, {num_tokens / 1e6:.2f} M tokens")
    vocabulary = vocabulary_of(tokens_of(tokenizer), num_common=NUM_COMMON)

    def change(ids: Sequence[int], rng: random.Random) -> list[int]:
        return disguise(ids, vocabulary, rng=rng, share=rng.choice((0.0, args.disguise, 2 * args.disguise)))

    # Model
    if args.start:
        model = BloomForCausalLM.from_pretrained(args.start, dtype=torch.float32)
    else:
        model = BloomForCausalLM(config_of(args, tokenizer))
        give_copying_heads(model)
    print(f"{sum(one.numel() for one in model.parameters()) / 1e6:.2f} M parameters")

    # Loop: first look up and copy, then read and write
    plan = Plan(
        steps=args.steps,
        batch_tokens=args.batch_tokens,
        lr=args.lr,
        warmup=args.warmup,
        prompt_share=args.prompt_share,
        seed=args.seed,
        save_every=args.save_every,
    )
    drilling = list(drills(tokenizer, num=args.drill_rows, rng=random.Random(args.seed)))
    first = replace(plan, steps=0 if args.start else args.drill_steps, lr=1.5 * args.lr, warmup=20, prompt_share=0.1)
    drilled = train(model, drilling, plan=first, out=args.out / "drills")
    mixed = [*rows, *drilling[: len(rows) // 5]]
    history = train(model, mixed, plan=plan, out=args.out / "dialogues", change=change)

    # Save
    if not PartialState().is_main_process:
        return
    details = {
        "script": "training.pretrain",
        "args": printable(args),
        "datasets": args.datasets,
        "data": fingerprint(args.data, args.datasets),
        "rows": len(rows),
        "tokens": num_tokens,
        "hygiene": hygiene,
        "loss": recent(history.losses),
        "hours": history.seconds / 3600,
        "inherited": read_details(args.start) if args.start else None,
    }
    beside = {LEDGER: ledger((row.origin for row in rows), start=args.start)}
    directory = publish(model, tokenizer, args.out / "model", details=details, beside=beside)
    stages = {"copying drills": drilled, "pretraining": history}
    plot_losses({name: one for name, one in stages.items() if one.losses}, directory / "loss.png")
    print(f"loss {recent(history.losses):.4f}, saved in {directory}")


def pretraining_rows(
    sets: Iterable[tuple[Dataset, list[Record]]], args: argparse.Namespace, tokenizer: Tokenizer
) -> Iterator[Row]:
    """Prompt and summary of whole conversations, of their first turns, and of short parts of recordings."""
    rng = random.Random(args.seed)
    for dataset, records in sets:
        rng.shuffle(records)
        for record in records[: min(SHARES[dataset.name], args.limit or len(records))]:
            for conversation, draft in _examples(record, dataset, rng=rng):
                changed, wanted = varied(conversation, rng), draft
                if rng.random() < ANONYMOUS_SHARE and len(conversation.participants) == 2:
                    changed, wanted = anonymous(changed, draft)
                row = example_row(changed, wanted, tokenizer, origin_of(conversation, draft, dataset))
                if len(row.ids) <= args.context:
                    yield row


def drills(tokenizer: Tokenizer, *, num: int, rng: random.Random) -> Iterator[Row]:
    """Lines of random tokens, some of them to be written once more."""
    [newline] = tokenizer.encode("\n").ids
    words = range(NUM_BYTES + len(SPECIAL_TOKENS), tokenizer.get_vocab_size())
    for _ in range(num):
        lines = [rng.choices(words, k=rng.randint(5, 16)) for _ in range(rng.randint(2, 5))]
        ids, num_shown = drill(lines, newline=newline, rng=rng)
        yield Row((*ids, EOS), num_prompt=num_shown)


def config_of(args: argparse.Namespace, tokenizer: Tokenizer) -> BloomConfig:
    """BLOOM's architecture in our size; no dropout, since no row is seen often."""
    return BloomConfig(  # type: ignore[call-arg]  # it keeps what it does not know, and others read it
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=args.hidden,
        n_layer=args.layers,
        n_head=args.heads,
        seq_length=args.context,
        bos_token_id=BOS,
        eos_token_id=EOS,
        pad_token_id=PAD,
        unk_token_id=0,
    )


def _examples(record: Record, dataset: Dataset, *, rng: random.Random) -> Iterator[tuple[Conversation, Draft]]:
    if dataset.targets is not Targets.PARTS:
        is_long = sum(len(turn["text"]) for turn in record["turns"]) > LONG_CHARACTERS
        if not is_long or rng.random() < LONG_SHARE:
            yield from examples_of(record, dataset)
    if dataset.targets is Targets.BUILT and len(record["turns"]) > 10:
        yield from built_for(shortened(conversation, rng) if (conversation := conversation_of(record)) else None)
    if dataset.targets is Targets.PARTS:
        for span in spans_of(record, rng):
            yield from built_for(span)


if __name__ == "__main__":
    main()

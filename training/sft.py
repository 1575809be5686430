"""Fine-tuning on conversations with summaries: only what the model should write counts in the loss.

    python -m training.sft --data DIR --model DIR --out DIR [--policy research --datasets dialogsum tweetsumm]
    python -m training.sft --data DIR --model DIR --out DIR --lora 8
    python -m training.sft --data DIR --model DIR --out DIR --datasets star sgd dolly15k instructions
    python -m training.sft --data DIR --model DIR --out DIR --private FILE.jsonl [--private-share 0.2]
    accelerate launch --config_file training/launch/eight_gpus.yaml -m training.sft ...

`--model` is any local BLOOM in the published layout (config.json, model.safetensors, tokenizer.json): ours,
or bigscience/bloom-560m; another causal LM, such as GPT-J, is trained by the same command, but our engine does not
serve it. The Dolly recipe is `--datasets dolly15k --epochs 2`. Start it again with the same arguments and it goes on
where it stopped. The owner's own examples come in the share that was asked for, by example and by token, or nothing is
trained.
"""

import argparse
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForCausalLM

from summarizer.conversation import Conversation
from summarizer.ledger import LEDGER
from summarizer.summary import Draft
from training import price
from training.augment import disguise, varied, vocabulary_of
from training.checkpoint import context_of, fingerprint, printable, publish, read_details
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
    training_file,
)
from training.hygiene import clean_sets
from training.instructions import instruction_row
from training.loop import Plan, recent, steps_of, train
from training.mix import Audit, Caps, Item, mix
from training.origin import Origin, ledger, origin_of
from training.plot import plot_losses
from training.private import canaries, canary_rows, clean_private, read_private, row_of
from training.quality import report
from training.rows import Row, example_row
from training.sharding import weights_of
from training.tokenizer import tokens_of

#: Conversations taken from each set at each pass; more than a set has means all of it.
SHARES = {
    "star": 6000,
    "sgd": 4000,
    "tau_airline": 199,
    "taskmaster4": 300,
    "multidogo": 1500,
    "dialogsum": 12_500,
    "tweetsumm": 900,
    "todsum": 0,
    "dolly15k": 15_011,
    "instructions": 175,
    "alpaca": 52_002,
}
CLEAN = ("star", "sgd", "tau_airline", "taskmaster4", "multidogo")
NUM_COMMON = 700  # tokens too frequent to be renamed by `disguise`
LORA_TARGETS = ["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # Where
    parser.add_argument("--data", type=Path, required=True, help="the public data folder")
    parser.add_argument("--model", type=Path, required=True, help="the BLOOM to start from")
    parser.add_argument("--out", type=Path, required=True, help="states while it runs, out/model at the end")
    parser.add_argument("--policy", type=Policy, default=Policy.COMMERCIAL, choices=list(Policy))
    parser.add_argument("--datasets", nargs="+", default=list(CLEAN), choices=list(SHARES))
    parser.add_argument("--limit", type=int, help="at most so many conversations from each set")
    # The owner's own
    parser.add_argument("--private", type=Path, help="a file of `wrapup corrections export`")
    parser.add_argument("--private-share", type=float, default=0.2, help="of examples and of tokens")
    parser.add_argument("--tenant-cap", type=float, default=1.0, help="share of all examples that one tenant may have")
    parser.add_argument("--agent-cap", type=float, default=0.05, help="the same of one agent")
    # Optimization
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--epochs", type=int, help="instead of steps: how many times everything is read")
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--warmup", type=int, default=20, help="steps")
    parser.add_argument("--prompt-share", type=float, default=0.0, help="of the prompt tokens that count in the loss")
    parser.add_argument("--line-tokens", type=int, default=0, help="pack examples into lines of so many tokens")
    parser.add_argument("--lora", type=int, default=0, help="rank; 0 trains all weights")
    parser.add_argument("--gradient-checkpointing", action="store_true", help="half the memory, a third more time")
    parser.add_argument("--shard", action="store_true", help="each process holds a part of the model (FSDP)")
    parser.add_argument("--disguise", type=float, default=0.3, help="share of rare words renamed in an example")
    parser.add_argument("--max-tokens", type=int, default=1024, help="longer examples are left out")
    parser.add_argument("--seed", type=int, default=2)
    # Running
    price.add_arguments(parser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=int, default=50, help="steps")
    args = parser.parse_args()
    if args.shard and args.lora:
        parser.error("--shard splits weights that --lora would leave alone: choose one of them")

    # Set-up
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    tokenizer = Tokenizer.from_file(str(args.model / "tokenizer.json"))
    inherited = read_details(args.model)
    print(f"starting from {args.model.name}, trained by {inherited.get('script', 'somebody else')}")

    # Data
    sets, hygiene = clean_sets(args.data, allowed(args.datasets, args.policy))
    examples = list(sft_examples(sets, args))
    every = [example_row(conversation, draft, tokenizer, origin) for conversation, draft, origin in examples]
    every += instruction_rows(sets, tokenizer, args)
    args.max_tokens = min(args.max_tokens, context_of(AutoConfig.from_pretrained(args.model)))
    rows = [row for row in every if len(row.ids) <= args.max_tokens]
    print(f"{len(every) - len(rows)} examples of more than {args.max_tokens} tokens left out")
    audit = private_hygiene = None
    if args.private:
        rows, audit, private_hygiene = with_private(rows, args, tokenizer)
        print(f"private: {audit.share_of_examples:.1%} of examples, {audit.share_of_tokens:.1%} of tokens")
    print(f"{len(rows)} rows, {sum(len(row.ids) for row in rows) / 1e6:.2f} M tokens")
    vocabulary = vocabulary_of(tokens_of(tokenizer), num_common=NUM_COMMON)

    def change(ids: Sequence[int], rng: random.Random) -> list[int]:
        return disguise(ids, vocabulary, rng=rng, share=rng.choice((0.0, args.disguise, args.disguise)))

    # Model
    model: Any = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32)
    if args.gradient_checkpointing:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    adapted = with_lora(model, rank=args.lora) if args.lora else None

    # Loop
    plan = Plan(
        steps=args.steps,
        batch_tokens=args.batch_tokens,
        lr=args.lr,
        warmup=args.warmup,
        prompt_share=args.prompt_share,
        seed=args.seed,
        save_every=args.save_every,
        line_tokens=args.line_tokens,
        is_sharded=args.shard,
    )
    plan = replace(plan, steps=steps_of(args.epochs, rows, plan)) if args.epochs else plan
    history = train(adapted or model, rows, plan=plan, out=args.out, change=change)

    # Save
    weights = weights_of(model) if args.shard else None
    PartialState().wait_for_everyone()
    PartialState().destroy_process_group()  # its threads must not outlive the interpreter: one that does aborts it
    if not PartialState().is_main_process:
        return
    if adapted is not None:
        model = adapted.merge_and_unload()
    cost = price.cost(args, seconds=history.seconds)
    details = {
        "script": "training.sft",
        "args": printable(args),
        "datasets": args.datasets,
        "data": fingerprint(args.data, args.datasets),
        "rows": len(rows),
        "hygiene": hygiene,
        "private_hygiene": private_hygiene,
        "quality": report([(conversation, draft) for conversation, draft, _ in examples]),
        "mix": None if audit is None else mix_card(audit),
        "loss": recent(history.losses),
        "hours": history.seconds / 3600,
        "cost": cost,
        "inherited": inherited,
    }
    beside = {LEDGER: ledger((row.origin for row in rows), start=args.model)}
    directory = publish(model, tokenizer, args.out / "model", details=details, beside=beside, weights=weights)
    plot_losses({"fine-tuning": history}, directory / "loss.png")
    print(f"loss {recent(history.losses):.4f}, saved in {directory}")
    print(f"{cost['device_hours']:.2f} hours of {args.device}: {cost['money']} {cost['currency']}")


def sft_examples(
    sets: Iterable[tuple[Dataset, list[Record]]], args: argparse.Namespace
) -> Iterator[tuple[Conversation, Draft, Origin]]:
    """One example a conversation and reference."""
    rng = random.Random(args.seed)
    for dataset, records in sets:
        rng.shuffle(records)
        for record in records[: min(SHARES[dataset.name], args.limit or len(records))]:
            examples = list(examples_of(record, dataset))
            if dataset.targets is Targets.BUILT and rng.random() < 0.5:
                examples = list(built_for(_start_of(record, rng)))
            for conversation, draft in examples:
                shown = varied(conversation, rng) if dataset.targets is Targets.BUILT else conversation
                yield shown, draft, origin_of(conversation, draft, dataset)


def instruction_rows(
    sets: Iterable[tuple[Dataset, list[Record]]], tokenizer: Tokenizer, args: argparse.Namespace
) -> Iterator[Row]:
    """Of the sets that have instructions and answers instead of conversations and summaries."""
    for dataset, records in sets:
        if dataset.targets is Targets.INSTRUCTION:
            num = min(len(records), SHARES[dataset.name], args.limit or len(records))
            rows = (instruction_row(one, dataset, tokenizer) for one in random.Random(args.seed).sample(records, num))
            yield from filter(None, rows)


def with_private(
    rows: Sequence[Row], args: argparse.Namespace, tokenizer: Tokenizer
) -> tuple[list[Row], Audit, dict[str, int]]:
    """Public rows and the owner's, mixed, and the planted secrets; what is held out stays out."""
    examples, hygiene = clean_private(read_private(training_file(args.private)))
    own = [row_of(one, tokenizer) for one in examples]
    private = {item: row for item, row in own if len(row.ids) <= args.max_tokens}
    public = {Item(f"public {index}", len(row.ids)): row for index, row in enumerate(rows)}
    caps = Caps(tenant=args.tenant_cap, agent=args.agent_cap)
    chosen, audit = mix(list(public), list(private), share=args.private_share, caps=caps, seed=args.seed)
    mixed = [private[item] if item.tenant else public[item] for item in chosen]
    return [*mixed, *canary_rows(canaries(args.seed), tokenizer)], audit, hygiene


def mix_card(audit: Audit) -> dict[str, float]:
    """The audit as it stands in the model's card."""
    shares = {"share_of_examples": audit.share_of_examples, "share_of_tokens": audit.share_of_tokens}
    return {**asdict(audit), **shares}


def with_lora(model: Any, *, rank: int) -> Any:
    """The model with small trainable matrices beside its frozen ones."""
    targets = LORA_TARGETS if model.config.model_type == "bloom" else "all-linear"
    config = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=targets, task_type="CAUSAL_LM")
    return get_peft_model(model, config)


def _start_of(record: dict[str, object], rng: random.Random) -> Conversation | None:
    conversation = conversation_of(record)
    return shortened(conversation, rng) if conversation else None


if __name__ == "__main__":
    main()

"""A small BLOOM from scratch, on dialogue text and on conversations with built summaries.

    python -m training.pretrain --data DIR --tokenizer DIR --out DIR

Start it again with the same arguments and it goes on where it stopped.
"""

import argparse
import itertools
import json
import math
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType

import torch
from accelerate import Accelerator
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from tokenizers import Tokenizer
from transformers import BloomConfig, BloomForCausalLM

from training.augment import disguise, varied, vocabulary_of
from training.checkpoint import fingerprint, load_state, publish, save_state
from training.dataset import DATASETS, Policy, Targets, allowed, conversation_of, examples_of, training_records
from training.plot import plot_losses
from training.rows import Batch, Row, batches, example_row, loss_of, text_rows
from training.tokenizer import BOS, EOS, PAD

#: Conversations taken from each set: contact-center-like ones all, the rest for breadth.
SHARES = {
    "star": 6000,
    "sgd": 9000,
    "tau_airline": 199,
    "taskmaster4": 800,
    "multidogo": 4000,
    "mts_dialog": 1200,
    "aci_bench": 67,
    "primock57": 45,
    "qmsum": 40,
}
NUM_COMMON = 700  # tokens too frequent to be renamed by `disguise`


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # Where
    parser.add_argument("--data", type=Path, required=True, help="the public data folder")
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder of tokenizer.json")
    parser.add_argument("--out", type=Path, required=True, help="checkpoints while it runs, the model at the end")
    parser.add_argument("--policy", type=Policy, default=Policy.COMMERCIAL, choices=list(Policy))
    parser.add_argument("--limit", type=int, help="at most so many conversations from each set")
    # Model
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--heads", type=int, default=8)
    parser.add_argument("--context", type=int, default=1024, help="longer rows are cut into windows or left out")
    # Optimization
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--warmup", type=int, default=100, help="steps")
    parser.add_argument("--prompt-weight", type=float, default=0.3, help="of a prompt token beside a completion token")
    parser.add_argument("--disguise", type=float, default=0.3, help="share of rare words renamed in an example")
    parser.add_argument("--seed", type=int, default=1)
    # Running
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=int, default=100, help="steps")
    args = parser.parse_args()

    # Set-up
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    accelerator = Accelerator()
    tokenizer = Tokenizer.from_file(str(args.tokenizer / "tokenizer.json"))

    # Data
    rows = list(pretraining_rows(args, tokenizer))
    print(f"{len(rows)} rows, {sum(len(row.ids) for row in rows) / 1e6:.2f} M tokens")
    vocabulary = vocabulary_of(tokens_in_order(tokenizer), num_common=NUM_COMMON)

    def change(ids: tuple[int, ...], rng: random.Random) -> list[int]:
        return disguise(ids, vocabulary, rng=rng, share=rng.choice((0.0, args.disguise, 2 * args.disguise)))

    # Model
    model = BloomForCausalLM(config_of(args, tokenizer))
    for block in model.transformer.h:
        block.mlp.gelu_impl = torch.nn.GELU(approximate="tanh")  # the same function in one kernel
    print(f"{sum(one.numel() for one in model.parameters()) / 1e6:.2f} M parameters")
    optimizers = optimizers_of(model, lr=args.lr)
    start, history = load_state(args.out, model, optimizers)
    model, *optimizers = accelerator.prepare(model, *optimizers)

    # Loop
    is_stopping = stop_on_sigterm()
    began, tokens = time.monotonic(), 0
    stream = itertools.islice(endless(rows, args, change=change), start, args.steps)
    model.train()
    with progress() as bar:
        task = bar.add_task("pretrain", total=args.steps, completed=start, loss=math.nan, speed=0)
        for step, batch in enumerate(stream, start):
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = args.lr * schedule(step, steps=args.steps, warmup=args.warmup)
            batch = moved(batch, accelerator.device)
            loss = loss_of(model(input_ids=batch.ids, attention_mask=batch.mask).logits, batch)
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(model.parameters(), 1.0)
            for optimizer in optimizers:
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            history.append(loss.item())
            tokens += int(batch.mask.sum())
            bar.update(task, completed=step + 1, loss=mean(history[-50:]), speed=tokens / (time.monotonic() - began))
            if (step + 1) % args.save_every == 0 or is_stopping():
                save_state(args.out, model=accelerator.unwrap_model(model), optimizers=optimizers, step=step + 1, history=history)
                print(f"step {step + 1} loss {mean(history[-50:]):.4f} {tokens / (time.monotonic() - began):.0f} tokens/s", flush=True)
            if is_stopping():
                return

    # Save
    details = {
        "script": "training.pretrain",
        "args": {name: str(value) for name, value in vars(args).items()},
        "data": fingerprint(args.data, list(SHARES)),
        "rows": len(rows),
        "tokens_seen": tokens,
        "loss": mean(history[-50:]),
    }
    directory = publish(accelerator.unwrap_model(model), tokenizer, args.out / "model", details=details)
    plot_losses({"pretraining": history}, directory / "loss.png")


def pretraining_rows(args: argparse.Namespace, tokenizer: Tokenizer) -> Iterator[Row]:
    """Prompt and built summary where there is one, otherwise the conversation as text."""
    rng = random.Random(args.seed)
    for dataset in allowed(SHARES, args.policy):
        records = list(training_records(args.data, dataset))
        rng.shuffle(records)
        for record in records[: min(SHARES[dataset.name], args.limit or len(records))]:
            if dataset.targets is Targets.NONE:
                conversation = conversation_of(record)
                if conversation is not None:
                    yield from text_rows(conversation, tokenizer, max_tokens=args.context // 2)
                continue
            for conversation, draft in examples_of(record, dataset):
                row = example_row(varied(conversation, rng), draft, tokenizer)
                if len(row.ids) <= args.context:
                    yield row


def config_of(args: argparse.Namespace, tokenizer: Tokenizer) -> BloomConfig:
    """BLOOM's architecture in our size; no dropout, since no row is seen often."""
    return BloomConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=args.hidden,
        n_layer=args.layers,
        n_head=args.heads,
        seq_length=args.context,
        bos_token_id=BOS,
        eos_token_id=EOS,
        pad_token_id=PAD,
        unk_token_id=0,
        use_cache=True,
    )


def optimizers_of(model: torch.nn.Module, *, lr: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the blocks, which learns about twice as fast; Adam for all else."""
    matrices = [one for name, one in model.named_parameters() if one.ndim == 2 and ".h." in name]
    others = [one for name, one in model.named_parameters() if one.ndim != 2 or ".h." not in name]
    muon = torch.optim.Muon(matrices, lr=lr, weight_decay=0.05, adjust_lr_fn="match_rms_adamw")
    return [muon, torch.optim.AdamW(others, lr=lr, betas=(0.9, 0.95), weight_decay=0.0)]


def schedule(step: int, *, steps: int, warmup: int) -> float:
    """Linear up, then a cosine down to a twentieth."""
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done))


def endless(rows: list[Row], args: argparse.Namespace, *, change: object) -> Iterator[Batch]:
    """Epoch after epoch, each in its own order."""
    for epoch in itertools.count():
        yield from batches(
            rows,
            max_tokens=args.batch_tokens,
            prompt_weight=args.prompt_weight,
            seed=args.seed * 1000 + epoch,
            change=change,  # type: ignore[arg-type]
        )


def moved(batch: Batch, device: torch.device) -> Batch:
    """The batch where the model is."""
    return replace(batch, ids=batch.ids.to(device), mask=batch.mask.to(device), weights=batch.weights.to(device))


def tokens_in_order(tokenizer: Tokenizer) -> list[str]:
    """All tokens by id."""
    return [tokenizer.id_to_token(index) for index in range(tokenizer.get_vocab_size())]


def mean(values: list[float]) -> float:
    """Of at least one value."""
    return sum(values) / len(values)


def stop_on_sigterm() -> object:
    """A question that is answered yes once the process was asked to end."""
    asked: list[int] = []

    def remember(number: int, _: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, remember)
    return lambda: bool(asked)


def progress() -> Progress:
    """Steps, loss, speed and the time that is left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.3f} · {task.fields[speed]:.0f} tokens/s"),
        TimeRemainingColumn(),
    )


if __name__ == "__main__":
    main()

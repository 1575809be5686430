"""The training loop both stages share: a step, its schedule, and a state from which to go on.

The stream of batches depends on the seed and the step alone. A run that was killed and started again
therefore makes the same steps as one that was not.
"""

import itertools
import math
import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import torch
from accelerate import Accelerator, PartialState
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from training.checkpoint import History, load_state, save_state
from training.loss import NextTokenLoss
from training.rows import Batch, Change, Row, batches
from training.sharding import shard

MAX_GRADIENT = 1.0
_IN_BLOCK = re.compile(r"\.(?:h|layers)\.\d+\.")  # as BLOOM and GPT call their blocks, and as LLaMA does
RECENT = 50  # steps whose mean loss is reported


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast."""

    steps: int
    batch_tokens: int  # padding included
    lr: float
    warmup: int  # steps
    prompt_share: float  # of the prompt's tokens that count in the loss
    seed: int
    save_every: int  # steps
    line_tokens: int = 0  # documents are packed into lines of so many; 0 gives each its own
    is_sharded: bool = False  # each process holds a part of the model


class Interrupted(SystemExit):
    """Somebody asked the process to end; the state is saved."""


def train(
    model: torch.nn.Module, rows: Sequence[Row], *, plan: Plan, out: Path, change: Change | None = None
) -> History:
    """What every step came to, the model trained in place; raises Interrupted after SIGTERM.

    Of several processes each takes its own batches, and a step learns from all of them.
    """
    accelerator = Accelerator(mixed_precision=precision())
    loss_of = prepared(model, accelerator, is_sharded=plan.is_sharded)
    optimizers = optimizers_of(model, lr=plan.lr)
    history = load_state(out, model, optimizers)
    start, before = len(history.losses), history.seconds
    is_stopping = _stop_on_sigterm()
    began, tokens = time.monotonic(), 0
    model.train()
    with _progress(is_shown=accelerator.is_main_process) as bar:
        task = bar.add_task("training", total=plan.steps, completed=start, loss=math.nan, speed=0.0)
        for step, batch in enumerate(own_batches(rows, plan, accelerator, start=start, change=change), start):
            rate = plan.lr * schedule(step, steps=plan.steps, warmup=plan.warmup)
            _set_rate(optimizers, rate)
            batch = _moved(batch, accelerator.device)
            loss = loss_of(batch.ids, batch.segments, batch.counts)
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(model.parameters(), MAX_GRADIENT)
            for optimizer in optimizers:
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            history.losses.append(accelerator.reduce(loss.detach(), reduction="mean").item())
            history.rates.append(rate)
            history.seconds = before + time.monotonic() - began
            tokens += int((batch.segments > 0).sum())
            speed = tokens / (time.monotonic() - began)
            bar.update(task, completed=step + 1, loss=recent(history.losses), speed=speed)
            is_asked = _is_anyone(accelerator, is_stopping())
            if (step + 1) % plan.save_every == 0 or is_asked:
                is_main = accelerator.is_main_process
                save_state(out, model=model, optimizers=optimizers, history=history, is_main=is_main)
                bar.console.print(f"step {step + 1}, loss {recent(history.losses):.4f}, {speed:.0f} tokens/s")
            if is_asked and step + 1 < plan.steps:
                raise Interrupted(f"stopped after step {step + 1}")
    model.train(mode=False)
    return history


def precision() -> str | None:
    """Products in bf16 where the device has them and `accelerate launch` was not told otherwise."""
    if "ACCELERATE_MIXED_PRECISION" in os.environ:
        return None
    if torch.cuda.is_available():
        return "bf16" if torch.cuda.is_bf16_supported() else "no"
    return "bf16" if torch.cpu._is_avx512_bf16_supported() else "no"


def prepared(model: torch.nn.Module, accelerator: Accelerator, *, is_sharded: bool) -> torch.nn.Module:
    """The loss of the model, on its device: the model whole in each process, or each with a part of it."""
    loss = NextTokenLoss(model)
    if not is_sharded:
        whole: torch.nn.Module = accelerator.prepare(loss)
        return whole
    is_bf16 = accelerator.mixed_precision == "bf16"
    shard(loss, device=accelerator.device, num_processes=accelerator.num_processes, is_bf16=is_bf16)
    return loss


def steps_of(epochs: int, rows: Sequence[Row], plan: Plan) -> int:
    """How many steps read every row so many times."""
    batches_of_all = batches(
        rows, max_tokens=plan.batch_tokens, prompt_share=0.0, seed=plan.seed, line_tokens=plan.line_tokens
    )
    num_processes: int = PartialState().num_processes
    return epochs * math.ceil(sum(1 for _ in batches_of_all) / num_processes)


def own_batches(
    rows: Sequence[Row], plan: Plan, accelerator: Accelerator, *, start: int, change: Change | None
) -> Iterator[Batch]:
    """The batches of one process for the steps that are left; together the processes see every batch once."""
    num, own = accelerator.num_processes, accelerator.process_index
    return itertools.islice(endless(rows, plan, change=change), start * num + own, plan.steps * num, num)


def endless(rows: Sequence[Row], plan: Plan, *, change: Change | None = None) -> Iterator[Batch]:
    """Epoch after epoch, each in its own order."""
    for epoch in itertools.count():
        yield from batches(
            rows,
            max_tokens=plan.batch_tokens,
            prompt_share=plan.prompt_share,
            seed=plan.seed * 1000 + epoch,
            change=change,
            line_tokens=plan.line_tokens,
        )


def optimizers_of(model: torch.nn.Module, *, lr: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the blocks, which learns about twice as fast; Adam for all else."""
    named = [(name, one) for name, one in model.named_parameters() if one.requires_grad]
    matrices = [one for name, one in named if _is_matrix(name, one)]
    others = [one for name, one in named if not _is_matrix(name, one)]
    adam = torch.optim.AdamW(others, lr=lr, betas=(0.9, 0.95), weight_decay=0.0)
    if not matrices:
        return [adam]
    return [torch.optim.Muon(matrices, lr=lr, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"), adam]


def _is_matrix(name: str, parameter: torch.Tensor) -> bool:
    return parameter.ndim == 2 and _IN_BLOCK.search(name) is not None and "lora_" not in name


def schedule(step: int, *, steps: int, warmup: int) -> float:
    """Linear up, then a cosine down to a twentieth."""
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done))


def recent(losses: Sequence[float]) -> float:
    """The mean of the last steps."""
    last = losses[-RECENT:]
    return sum(last) / len(last)


def _set_rate(optimizers: Sequence[torch.optim.Optimizer], rate: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate


def _is_anyone(accelerator: Accelerator, is_asked: bool) -> bool:
    """Whether any process was asked to end: all must stop after the same step."""
    if accelerator.num_processes == 1:
        return is_asked
    asked = torch.tensor([float(is_asked)], device=accelerator.device)
    return bool(accelerator.reduce(asked, reduction="sum").item())


def _moved(batch: Batch, device: torch.device) -> Batch:
    return replace(batch, ids=batch.ids.to(device), segments=batch.segments.to(device), counts=batch.counts.to(device))


def _stop_on_sigterm() -> Callable[[], bool]:
    """A question that is answered yes once the process was asked to end."""
    asked: list[int] = []

    def remember(number: int, _: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, remember)
    return lambda: bool(asked)


def _progress(*, is_shown: bool) -> Progress:
    """Steps, loss, speed and the time that is left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.3f}, {task.fields[speed]:.0f} tokens/s"),
        TimeRemainingColumn(),
        disable=not is_shown,
    )

"""A device that is full does less at once, a text too long for it fails alone, and a lost device is left."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from summarizer.engine.attention import Attention, Row
from summarizer.engine.bloom import Bloom
from summarizer.engine.capacity import Capacity
from summarizer.engine.engine import Engine
from summarizer.engine.sampling import SamplingOptions
from summarizer.engine.trouble import is_device_lost, is_out_of_memory
from summarizer.errors import DeviceLost, ModelFailure
from tests.summarizer.engine.builders import a_prompt

FEW = SamplingOptions(max_new_tokens=4)
CAPACITY = Capacity(cache_tokens=8192, tokens_per_step=256)
FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
LOST = torch.AcceleratorError("CUDA error: device-side assert triggered")


class Device(Bloom):
    """A model on a device with memory for so many tokens a step, and for texts of so many tokens."""

    max_tokens, max_text = 10**6, 10**6
    breaks_at_step: int | None = None

    def forward(self, rows: Sequence[Row], memory: Attention) -> Tensor:
        self.sizes = [*getattr(self, "sizes", []), sum(len(row.tokens) for row in rows)]
        if len(self.sizes) == self.breaks_at_step:
            raise LOST
        if self.sizes[-1] > self.max_tokens or any(row.start + len(row.tokens) > self.max_text for row in rows):
            raise FULL
        return super().forward(rows, memory)


@pytest.fixture
def device(checkpoint: object) -> Device:
    return Device.load(checkpoint)  # type: ignore[arg-type,return-value]


def test_a_batch_that_does_not_fit_is_halved_until_it_does_and_nobody_fails(device: Device) -> None:
    prompts = [a_prompt(20, seed=seed) for seed in range(16)]
    alone = Engine(device, capacity=CAPACITY)
    expected = alone.submit(prompts[3], FEW)
    alone.close()
    device.sizes, device.max_tokens = [], 20
    engine = Engine(device, capacity=CAPACITY)
    futures = [engine.submit(prompt, FEW) for prompt in prompts]
    engine.close()
    assert all(len(future.result(timeout=0)) == 4 for future in futures)
    assert futures[3].result() == expected.result()
    assert [size for size in device.sizes if size > 20] == [256, 128, 64, 32], "tried once each, then remembered"
    later = engine._scheduler
    assert (later.tokens_per_step, later.max_batch) == (16, 1)


def test_a_text_too_long_for_the_device_fails_alone_and_names_itself(device: Device) -> None:
    device.max_text = 60
    engine = Engine(device, capacity=CAPACITY)
    good = [engine.submit(a_prompt(20, seed=seed), FEW) for seed in range(7)]
    bad = engine.submit(a_prompt(100), FEW)
    good += [engine.submit(a_prompt(30, seed=seed), FEW) for seed in range(7)]
    engine.close()
    with pytest.raises(ModelFailure, match="a text of 100 tokens: it is too long"):
        bad.result(timeout=0)
    assert [len(future.result(timeout=0)) for future in good] == [4] * 14
    assert engine._scheduler.tokens_per_step == 256, "the text was to blame, not the size of a step"


def test_a_lost_device_fails_everybody_at_once_and_takes_nothing_more(device: Device) -> None:
    device.breaks_at_step = 3
    engine = Engine(device, capacity=CAPACITY)
    futures = [engine.submit(a_prompt(20, seed=seed), FEW) for seed in range(3)]
    engine.start()
    for future in futures:
        assert isinstance(future.exception(timeout=20), DeviceLost)
    later = engine.submit(a_prompt(20), FEW)
    assert isinstance(later.exception(timeout=20), DeviceLost), "whoever comes later hears the true reason too"
    engine.close()
    assert len(device.sizes) == 3, "a lost device is asked no more"


@pytest.mark.parametrize(
    ("error", "is_full", "is_lost"),
    [
        (MemoryError(), True, False),
        (FULL, True, False),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to..."), True, False),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True, False),
        (torch.AcceleratorError("CUDA error: out of memory"), True, False),
        (LOST, False, True),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), False, True),
        (RuntimeError("shapes cannot be multiplied"), False, False),
        (ValueError("CUDA error"), False, False),
    ],
)
def test_what_a_device_says_is_understood(error: Exception, is_full: bool, is_lost: bool) -> None:
    assert (is_out_of_memory(error), is_device_lost(error)) == (is_full, is_lost)

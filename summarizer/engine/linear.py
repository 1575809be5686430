"""Linear layers: one weight, prepared once for the way it will be multiplied.

precision  where              weight
fp32       CPU, AVX-512       packed for native.cpp
fp32       CPU                packed by oneDNN
int8       CPU, AVX-512       packed for native.cpp, one scale a column
int8       CPU                torch._int_mm, the same integers
fp32 bf16  CUDA               as it is

In int8 each row of the input has a scale of its own, so that what else is in the batch changes nothing.
"""

from enum import StrEnum
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from summarizer.engine.native import Native


class Precision(StrEnum):
    """What weights are multiplied in."""

    FP32 = "fp32"
    BF16 = "bf16"  #: on CUDA only: a CPU without AMX is slower in it
    INT8 = "int8"  #: on a CPU only, and only where gate.py lets it


class Linear(Protocol):
    """x W' + b, and what usually follows it."""

    def __call__(self, rows: Tensor, *, is_gelu: bool = False, residual: Tensor | None = None) -> Tensor:
        """GELU (tanh approximation) if asked for, then the residual: (rows, depth) to (rows, columns)."""

    def rows(self, which: Tensor) -> Tensor:
        """The weight's rows `which`: a tied embedding is its output layer's weight."""


def linear(weight: Tensor, bias: Tensor | None, *, precision: Precision, native: Native | None) -> Linear:
    """The fastest of the above for a weight (columns, depth) in fp32, which is copied; `bias` (columns) is kept."""
    if weight.device.type != "cpu":
        return Plain(weight, bias, dtype=torch.bfloat16 if precision is Precision.BF16 else torch.float32)
    if precision is Precision.INT8:
        return NativeInt8(weight, bias, native=native) if native else PortableInt8(weight, bias)
    return NativeFloat(weight, bias, native=native) if native else OneDnn(weight, bias)


class Plain:
    """torch's own, on any device."""

    def __init__(self, weight: Tensor, bias: Tensor | None, *, dtype: torch.dtype) -> None:
        self._weight = weight.to(dtype)
        self._bias = None if bias is None else bias.to(dtype)

    def __call__(self, rows: Tensor, *, is_gelu: bool = False, residual: Tensor | None = None) -> Tensor:
        return _finish(F.linear(rows, self._weight, self._bias), is_gelu=is_gelu, residual=residual)

    def rows(self, which: Tensor) -> Tensor:
        return F.embedding(which, self._weight)


class OneDnn:
    """fp32, the weight laid out by oneDNN. These operators of torch are private: tests hold them to the pinned one."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._packed = torch.ops.mkldnn._reorder_linear_weight(weight, None)
        self._bias = bias
        self._weight = weight.clone() if bias is None else None  # only the embedding is read by rows, and has no bias

    def __call__(self, rows: Tensor, *, is_gelu: bool = False, residual: Tensor | None = None) -> Tensor:
        activation, variant = ("gelu", "tanh") if is_gelu else ("none", "")
        out: Tensor = torch.ops.mkldnn._linear_pointwise(rows, self._packed, self._bias, activation, [], variant)
        return _finish(out, residual=residual)

    def rows(self, which: Tensor) -> Tensor:
        assert self._weight is not None
        return F.embedding(which, self._weight)


class PortableInt8:
    """int8 by torch alone."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._weight, self._scale = quantize(weight)
        self._bias = bias

    def __call__(self, rows: Tensor, *, is_gelu: bool = False, residual: Tensor | None = None) -> Tensor:
        quantized, scale = quantize(rows)
        sums = _integer_product(quantized, self._weight)
        out = sums.to(torch.float32).mul_(scale[:, None] * self._scale)
        return _finish(out if self._bias is None else out.add_(self._bias), is_gelu=is_gelu, residual=residual)

    def rows(self, which: Tensor) -> Tensor:
        return self._weight[which] * self._scale[which, None]


class NativeFloat:
    """fp32 by native.cpp."""

    def __init__(self, weight: Tensor, bias: Tensor | None, *, native: Native) -> None:
        self._columns, self._depth = weight.shape
        self._packed = native.pack_f32(weight)
        self._bias = bias
        self._native = native

    def __call__(self, rows: Tensor, *, is_gelu: bool = False, residual: Tensor | None = None) -> Tensor:
        return self._native.linear_f32(
            rows, self._packed, columns=self._columns, bias=self._bias, is_gelu=is_gelu, residual=residual
        )

    def rows(self, which: Tensor) -> Tensor:
        return self._native.rows_f32(self._packed, which, depth=self._depth)


class NativeInt8:
    """int8 by native.cpp."""

    def __init__(self, weight: Tensor, bias: Tensor | None, *, native: Native) -> None:
        self._columns, self._depth = weight.shape
        self._packed, self._scale = native.pack_i8(weight)
        self._bias = bias
        self._native = native

    def __call__(self, rows: Tensor, *, is_gelu: bool = False, residual: Tensor | None = None) -> Tensor:
        packed, scale = self._packed, self._scale
        return self._native.linear_i8(
            rows, packed, scale, columns=self._columns, bias=self._bias, is_gelu=is_gelu, residual=residual
        )

    def rows(self, which: Tensor) -> Tensor:
        return self._native.rows_i8(self._packed, self._scale, which, depth=self._depth)


def quantize(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Each row in int8, symmetric and to at most 127, and its scale; a row that is not finite has such a scale."""
    largest = rows.abs().amax(1).clamp_min(1e-8)
    factor = (127.0 / largest)[:, None]
    return (rows * factor).round_().nan_to_num_(0.0).to(torch.int8), largest / 127.0


def _integer_product(rows: Tensor, weight: Tensor) -> Tensor:
    """rows weight' in int32; torch's product wants more than 16 rows, and a depth of whole eights."""
    fill_rows, fill_depth = max(17 - rows.shape[0], 0), -rows.shape[1] % 8
    if fill_rows or fill_depth:
        rows = F.pad(rows, (0, fill_depth, 0, fill_rows))
        weight = F.pad(weight, (0, fill_depth))
    return torch._int_mm(rows, weight.t())[: rows.shape[0] - fill_rows]


def _finish(out: Tensor, *, is_gelu: bool = False, residual: Tensor | None) -> Tensor:
    out = F.gelu(out, approximate="tanh") if is_gelu else out
    return out if residual is None else out.add_(residual)

"""The kernels of native.cpp, where they were built and this CPU can run them; linear.py and attention.py have twins.

The library is plain C, found beside this file and called through ctypes, which lets other threads run meanwhile.
"""

import ctypes
import functools
from ctypes import c_float, c_int, c_long, c_void_p
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

PANEL = 64  # columns packed together
LANES = 16  # the size of an attention head must be a multiple of this

P, N, F = c_void_p, c_long, c_float
SIGNATURES: dict[str, tuple[Any, ...]] = {
    "advise": (P, N),
    "linear_f32": (P, N, N, P, P, N, P, P, c_int),
    "linear_i8": (P, N, N, P, P, P, N, P, P, c_int),
    "pack_f32": (P, N, N, P),
    "pack_i8": (P, N, N, P, P),
    "rows_f32": (P, N, P, N, P),
    "rows_i8": (P, P, N, P, N, P),
    "attend": (P, P, N, N, P, N, P, N, N, N, P, P, c_int, P, P, F),
}


class Native:
    """One method for each kernel; tensors are contiguous and on the CPU."""

    def __init__(self, library: ctypes.CDLL) -> None:
        for name, arguments in SIGNATURES.items():
            function = getattr(library, f"wrapup_{name}")
            function.argtypes = arguments
            function.restype = None
        self._library = library

    def empty(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """Memory in huge pages where the system has them; as always, a page counts once it is written to."""
        tensor = torch.empty(shape, dtype=dtype)
        self._library.wrapup_advise(_at(tensor), tensor.nbytes)
        return tensor

    def pack_f32(self, weight: Tensor) -> Tensor:
        """A matrix (columns, depth) as panels of 64 columns, the last one filled up."""
        packed = self.empty(_panels(weight) * PANEL * weight.shape[1])
        self._library.wrapup_pack_f32(_at(weight), *weight.shape, _at(packed))
        return packed

    def pack_i8(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """A matrix (columns, depth) in int8 as panels of 64 columns, and the scale of each column."""
        filled = (weight.shape[1] + 3) // 4 * 4
        packed = self.empty(_panels(weight) * PANEL * filled, dtype=torch.uint8)
        scale = torch.empty(_panels(weight) * PANEL)
        self._library.wrapup_pack_i8(_at(weight), *weight.shape, _at(packed), _at(scale))
        return packed, scale

    def linear_f32(
        self, rows: Tensor, packed: Tensor, *, columns: int, bias: Tensor | None, is_gelu: bool, residual: Tensor | None
    ) -> Tensor:
        """act(rows W' + bias) + residual, of shape (rows, columns)."""
        out = torch.empty((rows.shape[0], columns))
        self._library.wrapup_linear_f32(
            _at(rows), *rows.shape, _at(packed), _at(out), columns, _at(bias), _at(residual), is_gelu
        )
        return out

    def linear_i8(
        self,
        rows: Tensor,
        packed: Tensor,
        scale: Tensor,
        *,
        columns: int,
        bias: Tensor | None,
        is_gelu: bool,
        residual: Tensor | None,
    ) -> Tensor:
        """As `linear_f32`, each row brought to int8 by its own scale."""
        out = torch.empty((rows.shape[0], columns))
        self._library.wrapup_linear_i8(
            _at(rows), *rows.shape, _at(packed), _at(scale), _at(out), columns, _at(bias), _at(residual), is_gelu
        )
        return out

    def rows_f32(self, packed: Tensor, which: Tensor, *, depth: int) -> Tensor:
        """The matrix's rows `which`, of shape (rows, depth)."""
        out = torch.empty((len(which), depth))
        self._library.wrapup_rows_f32(_at(packed), depth, _at(which), len(which), _at(out))
        return out

    def rows_i8(self, packed: Tensor, scale: Tensor, which: Tensor, *, depth: int) -> Tensor:
        """As `rows_f32`, from int8."""
        out = torch.empty((len(which), depth))
        self._library.wrapup_rows_i8(_at(packed), _at(scale), depth, _at(which), len(which), _at(out))
        return out

    def attend(
        self,
        projected: Tensor,
        *,
        layer: int,
        num_wanted: int,
        chunks: Tensor,
        tables: Tensor,
        keys: Tensor,
        values: Tensor,
        norms: Tensor,
        slopes: Tensor,
    ) -> Tensor:
        """Remember keys and values, then attend: (tokens, 3 x hidden) to (wanted tokens, hidden).

        `chunks` (chunks, 5) holds for each its first row, its position, its tokens, how many of the last ones are
        wanted and where they go; `tables` (chunks, blocks) the blocks of each text.
        """
        _, num_layers, num_heads, head_size, _ = keys.shape
        out = torch.empty((num_wanted, num_heads * head_size))
        self._library.wrapup_attend(
            *(_at(projected), _at(out), num_heads, head_size, _at(chunks), len(chunks)),
            *(_at(tables), tables.shape[1], layer, num_layers),
            *(_at(keys), _at(values), keys.dtype == torch.bfloat16),
            *(_at(norms), _at(slopes), head_size**-0.5),
        )
        return out


@functools.cache
def load_native() -> Native | None:
    """The kernels, or None where they were not built or this CPU lacks AVX-512 with VNNI."""
    for path in sorted(Path(__file__).parent.glob("_native*.so")):
        try:
            library = ctypes.CDLL(str(path))
            if library.wrapup_is_supported():
                return Native(library)
        except (OSError, AttributeError):  # built for another machine, or from another source
            continue
    return None


def _panels(weight: Tensor) -> int:
    return -(-weight.shape[0] // PANEL)


def _at(tensor: Tensor | None) -> int | None:
    if tensor is None:
        return None
    assert tensor.is_contiguous()
    return tensor.data_ptr()

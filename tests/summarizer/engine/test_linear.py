"""Every way of multiplying gives the same numbers."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from summarizer.engine.linear import Linear, Precision, linear, quantize
from summarizer.engine.native import load_native

SHAPES = [(64, 16), (384, 64), (70, 30), (130, 1100), (5, 4096)]  # columns, depth
ROWS = [1, 2, 3, 4, 5, 6, 7, 23]


def a_linear(weight: Tensor, bias: Tensor | None, *, precision: Precision, is_native: bool) -> Linear:
    return linear(weight, bias, precision=precision, native=load_native() if is_native else None)


def some(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed + sum(shape)))


@pytest.mark.parametrize(("columns", "depth"), SHAPES)
def test_fp32_is_exact_up_to_rounding(columns: int, depth: int, is_native: bool) -> None:
    weight, bias = some(columns, depth), some(columns)
    layer = a_linear(weight, bias, precision=Precision.FP32, is_native=is_native)
    for num_rows in ROWS:
        rows, residual = some(num_rows, depth, seed=1), some(num_rows, columns, seed=2)
        exact = F.linear(rows.double(), weight.double(), bias.double())
        near = {"rtol": 1e-5, "atol": 1e-5 * depth**0.5}
        torch.testing.assert_close(layer(rows), exact.float(), **near)
        activated = F.gelu(exact, approximate="tanh").float()
        torch.testing.assert_close(layer(rows, is_gelu=True), activated, **near)
        torch.testing.assert_close(layer(rows, residual=residual), exact.float() + residual, **near)


@pytest.mark.parametrize(("columns", "depth"), SHAPES)
def test_int8_is_the_product_of_the_rounded_numbers(columns: int, depth: int, is_native: bool) -> None:
    weight, bias = some(columns, depth), some(columns)
    layer = a_linear(weight, bias, precision=Precision.INT8, is_native=is_native)
    (whole_weight, weight_scale) = quantize(weight)
    for num_rows in ROWS:
        rows, residual = some(num_rows, depth, seed=1), some(num_rows, columns, seed=2)
        whole_rows, row_scale = quantize(rows)
        exact = whole_rows.double() @ whole_weight.double().t() * row_scale.double()[:, None] * weight_scale.double()
        expected = (exact + bias.double()).float()
        torch.testing.assert_close(layer(rows), expected, rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(layer(rows, residual=residual), expected + residual, rtol=1e-5, atol=1e-5)
        assert (layer(rows) - F.linear(rows, weight, bias)).norm() < 0.03 * F.linear(rows, weight, bias).norm()


@pytest.mark.parametrize("precision", [Precision.FP32, Precision.INT8])
def test_a_row_comes_out_the_same_whatever_else_is_there(precision: Precision) -> None:
    if load_native() is None:
        pytest.skip("torch makes no such promise")
    layer = a_linear(some(200, 300), some(200), precision=precision, is_native=True)
    rows = some(40, 300, seed=1)
    together = layer(rows, is_gelu=True)
    for first, last in ((0, 1), (1, 3), (3, 17), (17, 40)):
        assert torch.equal(layer(rows[first:last], is_gelu=True), together[first:last])


@pytest.mark.parametrize("precision", [Precision.FP32, Precision.INT8])
def test_an_embedding_is_its_output_layers_weight(precision: Precision, is_native: bool) -> None:
    weight = some(130, 64)
    which = torch.tensor([0, 129, 64, 63, 5, 5])
    found = a_linear(weight, None, precision=precision, is_native=is_native).rows(which)
    if precision is Precision.FP32:
        assert torch.equal(found, weight[which])
    else:
        whole, scale = quantize(weight)
        assert torch.equal(found, whole[which] * scale[which, None])


def test_halves_are_rounded_to_even_and_nothing_exceeds_127() -> None:
    whole, scale = quantize(torch.tensor([[127.0, 0.5, 1.5, -2.5, -127.0], [0.0, 0.0, 0.0, 0.0, 0.0]]))
    assert whole.tolist() == [[127, 0, 2, -2, -127], [0, 0, 0, 0, 0]]
    assert scale[0] == 1.0


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize("precision", [Precision.FP32, Precision.INT8])
def test_what_is_not_finite_stays_so_and_stays_in_its_row(bad: float, precision: Precision, is_native: bool) -> None:
    rows = some(3, 64, seed=1)
    rows[1, 40] = bad
    out = a_linear(some(70, 64), None, precision=precision, is_native=is_native)(rows)
    assert not torch.isfinite(out[1]).any()
    assert torch.isfinite(out[[0, 2]]).all()


def test_a_weight_may_change_after_it_was_taken(is_native: bool) -> None:
    for precision in (Precision.FP32, Precision.INT8):
        weight = some(64, 64)
        layer = a_linear(weight, None, precision=precision, is_native=is_native)
        before = layer(some(2, 64)), layer.rows(torch.tensor([3]))
        weight.zero_()
        assert torch.equal(layer(some(2, 64)), before[0])
        assert torch.equal(layer.rows(torch.tensor([3])), before[1])

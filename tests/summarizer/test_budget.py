from decimal import Decimal

import pytest

from summarizer.budget import Because, Limits, Plan, Spending, has_limits, plan
from summarizer.specs import BUILT_IN, EndpointSpec, OwnSpec, Specs

SPECS: Specs = {
    **BUILT_IN,
    "rented": EndpointSpec(url="https://api.example.com/v1", model="m", rented_as="m", budget_per_day=5.0),
    "near": EndpointSpec(url="http://vllm:8000/v1", model="m", on_premises=True),
    "large": OwnSpec(model_dir=None, device="cuda"),
}
CHAIN = ("rented", "wrapup", "extractive")
COSTS = {"rented": Decimal("0.01"), "near": Decimal("0.004"), "large": Decimal("0.002"), "wrapup": Decimal("0.001")}


def spending(month: str = "0", **today: str) -> Spending:
    return Spending(Decimal(month), {name: Decimal(money) for name, money in today.items()}, COSTS)


@pytest.mark.parametrize(
    ("chosen", "limits", "spent", "expected"),
    [
        (CHAIN, Limits(), spending("1000"), Plan(CHAIN)),
        (CHAIN, Limits(soft_cap=Decimal(10), hard_cap=Decimal(20)), spending("9.99"), Plan(CHAIN)),
        (CHAIN, Limits(soft_cap=Decimal(10)), spending("10"), Plan(("wrapup", "extractive"), Because.SOFT_CAP)),
        (("rented", "near"), Limits(soft_cap=Decimal(10)), spending("10"), Plan(("wrapup",), Because.SOFT_CAP)),
        (("wrapup",), Limits(soft_cap=Decimal(10)), spending("10"), Plan(("wrapup",))),
        (("extractive",), Limits(soft_cap=Decimal(10)), spending("10"), Plan(("extractive",))),
        (CHAIN, Limits(hard_cap=Decimal(20)), spending("20"), Plan(("extractive",), Because.HARD_CAP)),
        (("extractive",), Limits(hard_cap=Decimal(20)), spending("20"), Plan(("extractive",))),
        (CHAIN, Limits(), spending(rented="4.99"), Plan(CHAIN)),
        (CHAIN, Limits(), spending(rented="5"), Plan(("wrapup", "extractive"), Because.BACKEND_BUDGET)),
        (CHAIN, Limits(on_premises_only=True), spending(), Plan(("wrapup", "extractive"), Because.ON_PREMISES_ONLY)),
        (("near", "rented"), Limits(on_premises_only=True), spending(), Plan(("near",))),
        (("rented",), Limits(on_premises_only=True), spending(), Plan(("extractive",), Because.ON_PREMISES_ONLY)),
        (("gone", "wrapup"), Limits(), spending(), Plan(("wrapup",), Because.UNKNOWN_BACKEND)),
        (("gone",), Limits(), spending(), Plan(("extractive",), Because.UNKNOWN_BACKEND)),
    ],
)
def test_a_choice_loses_what_is_not_allowed_or_costs_too_much_and_says_why(
    chosen: tuple[str, ...], limits: Limits, spent: Spending, expected: Plan
) -> None:
    assert plan(chosen, SPECS, limits, spent) == expected


def test_only_a_limit_makes_anybody_look_at_what_was_spent() -> None:
    assert not has_limits(("wrapup", "gone", "near"), SPECS, Limits(on_premises_only=True))
    assert has_limits(("wrapup", "rented"), SPECS, Limits())
    assert has_limits(("wrapup",), SPECS, Limits(soft_cap=Decimal(1)))

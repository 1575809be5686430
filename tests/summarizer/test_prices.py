from datetime import date, timedelta
from decimal import Decimal
from math import ceil

import pytest

from summarizer.metering import Meter
from summarizer.prices import CHECKED_FOR, INSTRUCTION_CHARACTERS, SHIPPED, Device, Prices, Rented, read, written
from summarizer.specs import BUILT_IN, EndpointSpec
from summarizer.tariff import Tariff

DAY = date(2026, 11, 1)
PER_TOKEN = Rented(name="model", since=DAY, input_per_million=Decimal(2), output_per_million=Decimal(8))


def test_the_shipped_list_is_dated_and_says_where_each_price_was_read() -> None:
    found = read(SHIPPED)
    assert {one.name for one in found.devices} == {"cpu", "cuda", "cuda-small"}
    assert len({one.name for one in found.rented}) >= 8
    assert all(one.source and one.checked for one in (*found.devices, *found.rented))
    assert {one.utilisation for one in found.devices} == {0.3}


def test_the_same_calls_elsewhere_are_estimated_from_characters_with_an_instruction_before_each_prompt() -> None:
    meter = Meter(num_prompts=2, prompt_characters=40_000, completion_characters=1_600, device_seconds=9.0)
    tokens_in = ceil((40_000 + 2 * INSTRUCTION_CHARACTERS) / 4)
    assert PER_TOKEN.estimate(meter, num_summaries=1) == Decimal(str((tokens_in * 2 + 400 * 8) / 1e6))


def test_a_vendor_of_summaries_is_paid_by_the_summary_and_not_for_failed_attempts() -> None:
    vendor = Rented(name="vendor", since=DAY, per_summary=Decimal("0.02"))
    assert vendor.estimate(Meter(num_prompts=9, prompt_characters=9_000), num_summaries=3) == Decimal("0.06")
    spec = EndpointSpec(url="https://api.example.com", model="m", rented_as="vendor")
    tariff = Tariff({**BUILT_IN, "vendor": spec}, Prices(currency="USD", rented=(vendor,)))
    assert tariff.charge("vendor", Meter(), on=DAY).money == Decimal("0.02")
    assert tariff.charge("vendor", Meter(), on=DAY, num_summaries=0).money == 0


def test_a_later_price_counts_from_its_day_on() -> None:
    dearer = PER_TOKEN.model_copy(update={"since": DAY + timedelta(days=9), "input_per_million": Decimal(4)})
    prices = Prices(currency="USD", rented=(dearer, PER_TOKEN))
    assert prices.rented_on(DAY - timedelta(days=1)) == {}
    assert prices.rented_on(DAY + timedelta(days=8)) == {"model": PER_TOKEN}
    assert prices.rented_on(DAY + timedelta(days=9)) == {"model": dearer}


def test_a_night_pays_its_hours_and_a_summary_its_share_of_idle_ones() -> None:
    device = Device(name="cuda", since=DAY, per_hour=Decimal(3), watts=700, utilisation=0.25)
    assert device.money_of_hours(3600) == 3
    assert device.money(3600) == 12
    assert device.watt_hours(3600) == 700


def test_a_price_that_nobody_checked_for_half_a_year_is_old() -> None:
    assert not PER_TOKEN.is_old(on=DAY + CHECKED_FOR)
    assert PER_TOKEN.is_old(on=DAY + CHECKED_FOR + timedelta(days=1))
    checked = PER_TOKEN.model_copy(update={"checked": DAY + timedelta(days=30)})
    assert not checked.is_old(on=DAY + CHECKED_FOR + timedelta(days=1))


def test_a_backend_without_a_price_is_named() -> None:
    own_server = EndpointSpec(url="http://10.0.0.9/v1", model="m", on_premises=True)
    specs = {**BUILT_IN, "vllm": own_server, "rented": own_server.model_copy(update={"rented_as": "model"})}
    prices = Prices(currency="USD", rented=(PER_TOKEN,))
    assert Tariff(specs, prices, "cpu").unpriced(on=DAY) == ["wrapup", "vllm"]


@pytest.mark.parametrize(
    ("money", "text"), [("0", "0"), ("100", "100"), ("0.000000000", "0"), ("0.0000000004", "0"), ("1.250", "1.25")]
)
def test_money_is_written_in_plain_digits(money: str, text: str) -> None:
    assert written(Decimal(money)) == text

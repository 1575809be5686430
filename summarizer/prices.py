"""What hours of devices and tokens of rented models cost, by a dated list that the owner of the installation edits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from summarizer import owner_files
from summarizer.errors import InvalidPrices
from summarizer.metering import Meter
from summarizer.prompt import instruct

SHIPPED = Path(__file__).parent / "prices.toml"
SECONDS_PER_HOUR = 3600
MILLION = Decimal(1_000_000)
MINUTEST = Decimal("1e-9")  #: of money, as it is stored
INSTRUCTION_CHARACTERS = len(instruct("").system)  #: tell a model what to write that was not trained for it
CHECKED_FOR = timedelta(days=180)  #: so long somebody may believe a price


class _Entry(BaseModel):
    """A price from a day on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=60)
    since: date
    source: str = ""  #: where the owner read it
    checked: date | None = None  #: when somebody last did; None: on the day from which it counts

    def is_old(self, *, on: date) -> bool:
        """Whether nobody has checked it for long."""
        return on - (self.checked or self.since) > CHECKED_FOR


class Device(_Entry):
    """Ours, paid by the hour whether it works or not."""

    per_hour: Decimal = Field(ge=0)
    watts: float = Field(ge=0)  #: while it works
    utilisation: float = Field(1.0, gt=0, le=1)  #: share of its hours in which it works

    def money(self, seconds: float) -> Decimal:
        """Of so many working seconds, with their share of the idle ones."""
        return self.money_of_hours(seconds) / Decimal(str(self.utilisation))

    def money_of_hours(self, seconds: float) -> Decimal:
        """Of so many seconds without an idle one, as in a night of training."""
        return self.per_hour * Decimal(seconds) / SECONDS_PER_HOUR

    def watt_hours(self, seconds: float) -> float:
        """Of so many working seconds: an estimate."""
        return self.watts * seconds / SECONDS_PER_HOUR


class Rented(_Entry):
    """Somebody else's model, paid by the token or by the summary."""

    input_per_million: Decimal = Field(Decimal(0), ge=0)
    cached_input_per_million: Decimal | None = Field(None, ge=0)  #: None: as other input
    output_per_million: Decimal = Field(Decimal(0), ge=0)
    per_summary: Decimal = Field(Decimal(0), ge=0)
    characters_per_token: float = Field(4.0, gt=0)

    def money(self, meter: Meter, *, num_summaries: int = 1) -> Decimal:
        """Of so many of its own tokens and summaries."""
        cached = self.input_per_million if self.cached_input_per_million is None else self.cached_input_per_million
        fresh = meter.prompt_tokens - meter.cached_tokens
        read = fresh * self.input_per_million + meter.cached_tokens * cached
        tokens = (read + meter.completion_tokens * self.output_per_million) / MILLION
        return tokens + num_summaries * self.per_summary

    def estimate(self, meter: Meter, *, num_summaries: int) -> Decimal:
        """What another model's calls would have come to here: told what to do first, nothing of it cached."""
        return self.money(self.as_here(meter), num_summaries=num_summaries)

    def as_here(self, meter: Meter) -> Meter:
        """Another model's calls in this one's tokens, by their characters."""
        read = meter.prompt_characters + INSTRUCTION_CHARACTERS * meter.num_prompts
        return replace(
            meter,
            prompt_tokens=ceil(read / self.characters_per_token),
            completion_tokens=ceil(meter.completion_characters / self.characters_per_token),
            cached_tokens=0,
            device_seconds=0.0,
        )


class Prices(BaseModel):
    """The list, whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    devices: tuple[Device, ...] = ()
    rented: tuple[Rented, ...] = ()

    def device(self, name: str, *, on: date) -> Device:
        """The price that counts on a day; raises InvalidPrices."""
        return _priced(_counting(self.devices, on=on), name, on=on)

    def rented_model(self, name: str, *, on: date) -> Rented:
        """The price that counts on a day; raises InvalidPrices."""
        return _priced(self.rented_on(on), name, on=on)

    def rented_on(self, day: date) -> dict[str, Rented]:
        """Every rented model that had a price on a day, by its name."""
        return _counting(self.rented, on=day)


@dataclass(frozen=True, slots=True)
class Charge:
    """What a meter comes to."""

    money: Decimal
    watt_hours: float
    currency: str


Entry = TypeVar("Entry", bound=_Entry)


def read(path: Path) -> Prices:
    """The price list in a file; raises InvalidPrices."""
    return owner_files.read(path, Prices, refusal=InvalidPrices)


def written(money: Decimal) -> str:
    """As it goes over the wire: plain digits."""
    return f"{money.quantize(MINUTEST).normalize():f}"


def charged(
    meter: Meter, prices: Prices, *, device: str | None, rented_as: str | None, on: date, num_summaries: int = 1
) -> Charge:
    """What a meter comes to: hours of a device, tokens of a rented model, or nothing; raises InvalidPrices."""
    if rented_as is not None:
        money = prices.rented_model(rented_as, on=on).money(meter, num_summaries=num_summaries)
        return Charge(money, 0.0, prices.currency)
    if device is None:
        return Charge(Decimal(0), 0.0, prices.currency)
    priced = prices.device(device, on=on)
    return Charge(priced.money(meter.device_seconds), priced.watt_hours(meter.device_seconds), prices.currency)


def _counting(entries: Iterable[Entry], *, on: date) -> dict[str, Entry]:
    """The newest entry of each name."""
    begun = sorted((one for one in entries if one.since <= on), key=lambda one: one.since)
    return {one.name: one for one in begun}


def _priced(counting: Mapping[str, Entry], name: str, *, on: date) -> Entry:
    if name not in counting:
        raise InvalidPrices(f"the price list has no price of {name} for {on}")
    return counting[name]

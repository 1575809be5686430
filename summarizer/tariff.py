"""What each backend of an installation costs: its own device's hours, somebody else's tokens, or nothing."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from summarizer import prices, specs
from summarizer.errors import InvalidPrices
from summarizer.metering import Meter
from summarizer.prices import Charge, Prices, charged
from summarizer.specs import BUILT_IN, EndpointSpec, Specs

TYPICAL = Meter(num_prompts=1, prompt_tokens=1_500, completion_tokens=200)  #: of a call, before any was seen
TYPICAL_ON_A_DEVICE = replace(TYPICAL, device_seconds=1.0)
FREE = Prices(currency="USD")


@dataclass(frozen=True, slots=True)
class Tariff:
    """Prices for the backends there are."""

    specs: Specs = field(default_factory=lambda: BUILT_IN)
    prices: Prices = FREE
    device: str | None = None  #: whose hours our own models take

    def charge(self, backend: str, meter: Meter, *, on: date, num_summaries: int = 1) -> Charge:
        """What a meter of this backend comes to; raises InvalidPrices."""
        spec = self.specs.get(backend)
        rented_as = spec.rented_as if isinstance(spec, EndpointSpec) else None
        device = spec.device if spec is not None else None
        if device is None and not isinstance(spec, EndpointSpec):
            device = self.device
        return charged(meter, self.prices, device=device, rented_as=rented_as, on=on, num_summaries=num_summaries)

    def charge_or_nothing(self, backend: str, meter: Meter, *, on: date, num_summaries: int = 1) -> Charge:
        """As `charge`; what has no price costs nothing, since a summary is worth more than its bill."""
        try:
            return self.charge(backend, meter, on=on, num_summaries=num_summaries)
        except InvalidPrices:
            return Charge(Decimal(0), 0.0, self.prices.currency)

    def expected(self, *, on: date) -> dict[str, Decimal]:
        """Money for a typical call by each backend, as far as the list alone can tell."""
        return {name: self.charge_or_nothing(name, TYPICAL, on=on).money for name in self.specs}

    def unpriced(self, *, on: date) -> list[str]:
        """Backends whose summaries are counted as costing nothing, though they do something."""
        return [
            name for name, spec in self.specs.items() if spec.kind != "extractive" and not self._has_price(name, on)
        ]

    def _has_price(self, backend: str, on: date) -> bool:
        try:
            return bool(self.charge(backend, TYPICAL_ON_A_DEVICE, on=on).money)
        except InvalidPrices:
            return False


def read(backends_file: Path | None, prices_file: Path, *, device: str) -> Tariff:
    """The backends and prices that the owner's files say; raises InvalidBackends, InvalidPrices."""
    return Tariff(specs.read(backends_file), prices.read(prices_file), device)

"""What backends took, whether or not it came to a summary."""

from collections.abc import Iterable

from summarizer.metrics.bounded import counter
from summarizer.store.costs import Spent

JOULES_PER_WATT_HOUR = 3600.0

COST = counter("wrapup_cost_total", "Money by the owner's price list.", "backend", "currency")
DEVICE = counter("wrapup_device_seconds_total", "Time of our own devices.", "backend")
ENERGY = counter("wrapup_energy_joules_total", "Energy of our own devices, estimated.", "backend")
TOKENS = counter("wrapup_tokens_total", "Tokens as each backend counts them.", "backend", "type")


def count(spent: Iterable[Spent]) -> None:
    """Note what an attempt took, once it stands in the ledger."""
    for one in spent:
        COST.of(one.backend, one.charge.currency).inc(float(one.charge.money))
        DEVICE.of(one.backend).inc(one.meter.device_seconds)
        ENERGY.of(one.backend).inc(one.charge.watt_hours * JOULES_PER_WATT_HOUR)
        TOKENS.of(one.backend, "prompt").inc(one.meter.prompt_tokens)
        TOKENS.of(one.backend, "completion").inc(one.meter.completion_tokens)
        TOKENS.of(one.backend, "cached").inc(one.meter.cached_tokens)

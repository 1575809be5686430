"""What a run's hours come to: the device it worked on, by the installation's price list."""

import argparse
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from summarizer.errors import InvalidPrices
from summarizer.prices import SECONDS_PER_HOUR, SHIPPED, read, written


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which list, and which of its devices."""
    parser.add_argument("--prices", type=Path, default=SHIPPED, help="the price list")
    parser.add_argument("--device", default="cpu", help="of the price list, on which this runs")


def cost(args: argparse.Namespace, *, seconds: float) -> dict[str, Any]:
    """A few lines of a ledger. A device without a price costs nothing: a night is worth more than its bill."""
    prices, money, watt_hours = read(args.prices), Decimal(0), 0.0
    try:
        device = prices.device(args.device, on=datetime.now(UTC).date())
        money, watt_hours = device.money_of_hours(seconds), device.watt_hours(seconds)
    except InvalidPrices as error:
        print(f"counted as nothing: {error}")
    return {
        "device": args.device,
        "device_hours": seconds / SECONDS_PER_HOUR,
        "watt_hours": watt_hours,
        "money": written(money),
        "currency": prices.currency,
    }

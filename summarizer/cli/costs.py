"""What summaries and nights cost, and by which prices."""

import json
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from summarizer import prices as price_list
from summarizer.cli.installation import database_of, err, settings_here, tenant_named
from summarizer.errors import InvalidPrices, InvalidRequest
from summarizer.prices import Prices, Rented, written
from summarizer.tariff import read as read_tariff

if TYPE_CHECKING:
    from summarizer.costs import Night, Report, Row

commands = typer.Typer()

SHOWN_CHARACTERS = 12  #: of a model version
WIDE = ("failed", "tokens in", "of them cached", "tokens out", "Wh")


@commands.command(
    epilog="Examples: wrapup costs · wrapup costs --since 2026-10-01 --until 2026-10-31 --by month,queue,backend · "
    "wrapup costs --by tenant --beside gpt-4.1-mini --beside genesys"
)
def costs(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day, UTC; by itself the first of the month.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day, included; by itself today.")
    ] = None,
    by: Annotated[str, typer.Option(help="Some of day, month, tenant, queue, backend, model.")] = "day,tenant",
    tenant: Annotated[str | None, typer.Option(help="Of one tenant only, without the nights.")] = None,
    rented: Annotated[
        list[str] | None,
        typer.Option("--beside", help="A rented model to compare with; by itself the cheapest and the dearest."),
    ] = None,
    wide: Annotated[bool, typer.Option("--wide", help="Tokens, energy and failed attempts as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, every rented model.")] = False,
) -> None:
    """What summaries and nights came to, and what the same calls would have cost at rented models."""
    from dataclasses import replace

    from summarizer.costs import document, period, report, told_apart, trained
    from summarizer.store import tenants

    settings = settings_here()
    prices = price_list.read(settings.prices_file)
    over = period(_day(since), _day(until))
    names = _known(prices, rented or ())
    with closing(database_of(settings)) as database:
        with database.begin(None) as session:
            everybody = tenants.names(session)
        mine = everybody if tenant is None else {tenant_named(database, tenant): tenant}
        found = report(database, prices, mine, over=over, by=told_apart(by))
        if tenant is None:
            found = replace(found, nights=trained(database, prices, over=over))
    if as_json:
        typer.echo(json.dumps(document(found), indent=2))
    else:
        show(found, beside=names, console=Console(), is_wide=wide)
        if tenant is None:
            show_at_work(found, prices, device=settings.device, console=Console())


@commands.command(epilog="Example: wrapup prices")
def prices() -> None:
    """The price list that counts now, which prices nobody has checked for long, and which backends have none."""
    settings = settings_here()
    tariff = read_tariff(settings.backends_file, settings.prices_file, device=settings.device)
    found, today = tariff.prices, datetime.now(UTC).date()
    console = Console()
    console.print(_devices(found, today), _rented(found, today))
    for one in (*found.devices, *found.rented):
        if one.is_old(on=today):
            err.print(f"{one.name} since {one.since}: nobody has checked this price for 180 days", style="yellow")
    for backend in tariff.unpriced(on=today):
        err.print(f"backend {backend}: no price, its summaries are counted as costing nothing", style="yellow")


def show(found: "Report", *, beside: list[str], console: Console, is_wide: bool) -> None:
    """The report as a table, its totals below, then the nights."""
    chosen = beside or _extremes(found)
    told_apart = list(found.rows[0].key) if found.rows else []
    table = Table(title=f"{found.period.since} to {found.period.until}", title_justify="left")
    for name in told_apart:
        table.add_column(name)
    for name in ("summaries", *(WIDE if is_wide else ()), "device s", "money", "each"):
        table.add_column(name, justify="right")
    for name in chosen:
        table.add_column(f"at {name}", justify="right")
    for row in found.rows:
        table.add_row(*(_shown(row.key[name], of=name) for name in told_apart), *_figures(row, chosen, is_wide=is_wide))
    table.add_section()
    for total in found.totals:
        table.add_row("all", *[""] * (len(told_apart) - 1), *_figures(total, chosen, is_wide=is_wide), style="bold")
    console.print(table if found.rows else f"{table.title}: nothing was summarized")
    if found.nights:
        console.print(_nights(found.nights))


def show_at_work(found: "Report", prices: Prices, *, device: str, console: Console) -> None:
    """One line: money by the hour is right only if a device works as much as the list says."""
    from summarizer.costs import at_work

    with suppress(InvalidPrices):
        told = at_work(found, prices, device=device)
        each = "" if told.per_summary is None else f", {told.per_summary:.6f} a summary"
        console.print(
            f"One {told.device} worked for {told.share:.1%} of these days, and its price counts {told.counted:.0%}: "
            f"running all the time it costs {_rounded(told.money)} {prices.currency}{each}.",
            highlight=False,
        )


def _figures(row: "Row", chosen: list[str], *, is_wide: bool) -> list[str]:
    meter = row.meter
    counts = row.num_failed, meter.prompt_tokens, meter.cached_tokens, meter.completion_tokens
    return [
        f"{row.num_summaries:,}",
        *([*(f"{one:,}" for one in counts), f"{row.watt_hours:,.2f}"] if is_wide else ()),
        f"{meter.device_seconds:,.1f}",
        f"{_rounded(row.money)} {row.currency}",
        "" if row.per_summary is None else f"{row.per_summary:.6f}",
        *_compared(row, chosen),
    ]


def _compared(row: "Row", chosen: list[str]) -> list[str]:
    at = {one.name: one for one in row.beside}
    cells = []
    for name in chosen:
        ratio = at[name].ratio if name in at else None
        times = "" if ratio is None else f" ({ratio:,.1f} x)"
        cells.append(f"{_rounded(at[name].money)}{times}" if name in at else "-")
    return cells


def _extremes(found: "Report") -> list[str]:
    """The cheapest and the dearest of those that all can be compared with."""
    ranked = [one.name for total in found.totals for one in total.beside]
    return list(dict.fromkeys((ranked[0], ranked[-1]))) if ranked else []


def _nights(nights: "tuple[Night, ...]") -> Table:
    table = Table("night", "came to", "device", title="training", title_justify="left")
    for name in ("device s", "Wh", "money", "ROUGE-1 gained"):
        table.add_column(name, justify="right")
    for one in nights:
        table.add_row(
            one.day,
            one.state,
            one.device or "?",
            f"{one.device_seconds:,.1f}",
            "?" if one.watt_hours is None else f"{one.watt_hours:,.2f}",
            f"{_rounded(one.money)} {one.currency}",
            "?" if one.gain is None else f"{one.gain:+.4f}",
        )
    return table


def _devices(found: Prices, today: date) -> Table:
    table = _priced("device", "since", f"{found.currency} an hour", "watts", "at work", title="ours")
    for one in found.devices:
        told = (one.name, str(one.since), written(one.per_hour), f"{one.watts:g}")
        table.add_row(*told, f"{one.utilisation:.0%}", one.source, style=_style(is_to_come=one.since > today))
    return table


def _priced(*columns: str, title: str) -> Table:
    """A line for each price; where it was read only as far as there is room."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, expand=True)
    for name in columns:
        table.add_column(name, no_wrap=True, min_width=len(name))
    table.add_column("source", no_wrap=True, overflow="ellipsis", ratio=1)
    return table


def _rented(found: Prices, today: date) -> Table:
    title = f"rented, {found.currency} a million tokens"
    table = _priced("model", "since", "in", "cached", "out", "a summary", title=title)
    counting = found.rented_on(today)
    for one in found.rented:
        prices_of = (one.input_per_million, _cached(one), one.output_per_million, one.per_summary)
        told = (one.name, str(one.since), *(written(money) for money in prices_of))
        table.add_row(*told, one.source, style=_style(is_to_come=counting.get(one.name) != one))
    return table


def _cached(one: Rented) -> Decimal:
    return one.input_per_million if one.cached_input_per_million is None else one.cached_input_per_million


def _style(*, is_to_come: bool) -> str:
    """What does not count today stands back."""
    return "dim" if is_to_come else ""


def _known(prices: Prices, names: list[str] | tuple[()]) -> list[str]:
    known = {one.name for one in prices.rented}
    for name in names:
        if name not in known:
            raise InvalidRequest(f"the price list has no rented model {name}", field="beside")
    return list(names)


def _shown(value: str, *, of: str) -> str:
    return value[:SHOWN_CHARACTERS] if of == "model" else value or "-"


def _rounded(money: Decimal) -> str:
    return f"{money:,.2f}" if money >= 1 else f"{money:.5f}"


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()

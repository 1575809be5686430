"""Costs, prices and caps from the command line."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from summarizer.cli import app
from summarizer.errors import InvalidRequest
from summarizer.settings import Settings
from summarizer.store import tenants
from summarizer.store.database import Database
from summarizer.store.tables import NightlyRun
from tests.summarizer.test_costs import TODAY, audited, spend
from tests.work import environment_of


def wrapup(settings: Settings, *arguments: str, **environment: str) -> Result:
    """The command in this process, with the settings of an installation."""
    known = {**environment_of(settings), "COLUMNS": "220"}
    return CliRunner().invoke(app, arguments, env=known | environment)


def test_the_table_has_sums_totals_nights_and_chosen_models_beside(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    with database.begin(None) as session:
        other = tenants.ensure(session, "other")
        night = {"device": "cpu", "device_hours": 2.0, "watt_hours": 130.0, "money": "0.2", "currency": "USD"}
        session.add(NightlyRun(slot=TODAY.isoformat(), state="promoted", ledger={**night, "gain_rouge1": 0.0123}))
    spend(database, tenant_id, "0.01")
    spend(database, other, "1.5")
    done = wrapup(settings, "costs", "--by", "tenant,model", "--beside", "genesys")
    assert done.exit_code == 0, done.output
    lines = {line.split("│")[1].strip(): line for line in done.stdout.splitlines() if line.count("│") > 5}
    assert "dddddddddddd" in lines["acme"]
    assert "0.02000 (2.0 x)" in lines["acme"]
    assert "1.51 USD" in lines["all"]
    assert "0.04000 (0.0 x)" in lines["all"]
    assert "+0.0123" in lines[TODAY.isoformat()]
    only = wrapup(settings, "costs", "--tenant", "acme").stdout
    assert "1.50" not in only
    assert "training" not in only


def test_as_json_every_rented_model_is_there(database: Database, settings: Settings, tenant_id: UUID) -> None:
    spend(database, tenant_id, "0.01")
    found = json.loads(wrapup(settings, "costs", "--json", "--by", "month").stdout)
    assert found["data"][0]["tenant"] is None
    assert (found["data"][0]["month"], found["data"][0]["money"]) == (f"{TODAY:%Y-%m}", "0.01")
    assert {one["name"] for one in found["totals"][0]["rented"]} >= {"gpt-4.1-mini", "claude-haiku-4-5", "genesys"}


@pytest.mark.usefixtures("tenant_id")
def test_a_month_of_nothing_says_so_and_an_unknown_model_is_refused(settings: Settings) -> None:
    assert "nothing was summarized" in wrapup(settings, "costs").stdout
    assert isinstance(wrapup(settings, "costs", "--beside", "gpt-0").exception, InvalidRequest)
    assert isinstance(
        wrapup(settings, "costs", "--since", "2026-02-02", "--until", "2026-02-01").exception, InvalidRequest
    )


def test_the_price_list_tells_its_dates_and_warns_of_what_is_old_or_missing(settings: Settings, tmp_path: Path) -> None:
    prices, backends = tmp_path / "prices.toml", tmp_path / "backends.toml"
    prices.write_text('currency = "EUR"\n[[rented]]\nname = "old"\nsince = 2020-01-01\ninput_per_million = 7\n')
    backends.write_text('[backends.vllm]\nkind = "endpoint"\nurl = "http://10.0.0.9/v1"\nmodel = "m"\n')
    done = wrapup(settings, "prices", PRICES_FILE=str(prices), BACKENDS_FILE=str(backends))
    assert done.exit_code == 0, done.output
    assert "2020-01-01" in done.stdout
    for warning in ("old since 2020-01-01", "backend wrapup: no price", "backend vllm: no price"):
        assert warning in done.stderr
    assert "no price" not in wrapup(settings, "prices").stderr


def test_caps_and_place_are_set_shown_and_audited(database: Database, settings: Settings, tenant_id: UUID) -> None:
    assert wrapup(settings, "tenants", "caps", "acme", "--soft", "80", "--hard", "99.50").exit_code == 0
    assert wrapup(settings, "tenants", "on-premises", "acme").exit_code == 0
    shown = "acme\t100 requests per second\tsoft cap 80\thard cap 99.5\ton premises only\n"
    assert wrapup(settings, "tenants", "list").stdout == shown
    assert wrapup(settings, "tenants", "caps", "acme", "--off").exit_code == 0
    assert wrapup(settings, "tenants", "on-premises", "acme", "--off").exit_code == 0
    assert wrapup(settings, "tenants", "list").stdout == "acme\t100 requests per second\n"
    assert audited(database, tenant_id) == [
        ("tenant.caps", "soft cap 80, hard cap 99.5"),
        ("tenant.on_premises", "on"),
        ("tenant.caps", "off"),
        ("tenant.on_premises", "off"),
    ]


@pytest.mark.usefixtures("tenant_id")
@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("--soft", "2", "--off"),
        ("--soft", "3", "--hard", "2"),
        ("--soft", "much"),
        ("--hard=-1",),
        ("--soft", "NaN"),
    ],
)
def test_caps_that_mean_nothing_are_refused(settings: Settings, wrong: tuple[str, ...]) -> None:
    assert isinstance(wrapup(settings, "tenants", "caps", "acme", *wrong).exception, InvalidRequest)

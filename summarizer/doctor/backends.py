"""The other models that may be chosen: whether each could write now, what it costs, and what tenants chose."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

import httpx

from summarizer import outbound, prices, specs
from summarizer.backends.endpoint import key_of, reach_of
from summarizer.doctor.finding import Finding
from summarizer.errors import AddressForbidden, InvalidPrices, ModelFailure
from summarizer.prices import Prices
from summarizer.settings import Settings
from summarizer.specs import BUILT_IN, CausalSpec, EndpointSpec, ExtractiveSpec, LightSpec, OwnSpec, Specs
from summarizer.store import choices, tenants
from summarizer.store.database import Database, app_engine
from summarizer.tariff import TYPICAL, Tariff

ANSWER_SECONDS = 3.0
PACKAGES: Mapping[type, str] = {CausalSpec: "transformers", LightSpec: "ctranslate2"}
FILES: Mapping[type, str] = {OwnSpec: "config.json", CausalSpec: "config.json", LightSpec: "model.bin"}


def look_at_prices(settings: Settings) -> Iterator[Finding]:
    """The list can be read; of one's own each price is checked now and then."""
    found = prices.read(settings.prices_file)
    newest = max((one.since for one in (*found.devices, *found.rented)), default=None)
    seen = f"devices: {len(found.devices)}, rented models: {len(found.rented)}, {found.currency}, newest of {newest}"
    old = [one.name for one in (*found.devices, *found.rented) if one.is_old(on=_today())]
    is_old = settings.prices_file != prices.SHIPPED and bool(old)
    yield Finding("prices", seen, f"check in PRICES_FILE the prices of {', '.join(old)}" if is_old else "")


def look(settings: Settings) -> Iterator[Finding]:
    """Each backend of the file, then the choices."""
    found = specs.read(settings.backends_file)
    listed = _prices_or_nothing(settings.prices_file)
    for name, spec in found.items():
        if name in BUILT_IN:
            continue
        if listed is not None:
            yield from _price(name, Tariff(found, listed, settings.device))
        match spec:
            case EndpointSpec():
                yield _endpoint(name, spec)
            case OwnSpec() | CausalSpec() | LightSpec():
                yield _local(name, spec)
            case ExtractiveSpec():
                yield Finding(f"backend {name}", "quotations")
    yield from _choices(settings, found)


def _local(name: str, spec: OwnSpec | CausalSpec | LightSpec) -> Finding:
    named = f"backend {name}"
    if spec.model_dir is None:
        return Finding(named, "the champion")
    if not (spec.model_dir / FILES[type(spec)]).exists():
        mend = f"put a model of kind {spec.kind} there, or mend model_dir of [backends.{name}] in BACKENDS_FILE"
        return Finding(named, f"{spec.model_dir} has no {FILES[type(spec)]}", mend)
    package = PACKAGES.get(type(spec))
    if package is not None and find_spec("torch") is not None and find_spec(package) is None:
        return Finding(named, f"{package} is not installed", f"run `pip install {package}` where workers run")
    return Finding(named, f"{spec.kind} in {spec.model_dir}")


def _endpoint(name: str, spec: EndpointSpec) -> Finding:
    """Asked for its models, with its key, within three seconds."""
    named, place = f"backend {name}", f"[backends.{name}] in BACKENDS_FILE"
    try:
        headers = key_of(spec)
    except ModelFailure:
        return Finding(named, f"{spec.key_file} cannot be read", f"write the key there, or mend key_file of {place}")
    try:
        with outbound.within(reach_of(spec), seconds=ANSWER_SECONDS) as client:
            answer = client.get(f"{spec.url}/models", headers=headers)
    except AddressForbidden as error:
        return Finding(named, f"{spec.url}: {error}", f"mend url of {place}, or say there whether it is on_premises")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Finding(named, type(error).__name__, f"start the server at {spec.url}, or mend url of {place}")
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return Finding(
            named, f"refuses the key ({answer.status_code})", f"set key_file of {place} to a key that is good"
        )
    if answer.status_code != httpx.codes.OK:
        return Finding(named, f"answers {answer.status_code}", f"see that url of {place} ends as its API does, in /v1")
    served = _served(answer)
    if served and spec.model not in served:
        return Finding(
            named, f"does not serve {spec.model}", f"set model of {place} to one of: {', '.join(served[:5])}"
        )
    return Finding(named, f"serves {spec.model}")


def _served(answer: httpx.Response) -> list[str]:
    """What an API of this shape lists; nothing where it lists otherwise."""
    try:
        return [str(one["id"]) for one in answer.json()["data"]]
    except (ValueError, KeyError, TypeError):
        return []


def _price(name: str, tariff: Tariff) -> Iterator[Finding]:
    try:
        tariff.charge(name, TYPICAL, on=_today())
    except InvalidPrices as error:
        yield Finding(f"price of {name}", str(error), f"add it to PRICES_FILE, or mend [backends.{name}]")


def _prices_or_nothing(path: Path) -> Prices | None:
    """What is wrong with the list has been said."""
    try:
        return prices.read(path)
    except InvalidPrices:
        return None


def _choices(settings: Settings, found: Specs) -> Iterator[Finding]:
    """A tenant may have chosen what the file no longer has; then the next of its choice writes."""
    unknown: dict[str, set[str]] = {}
    with closing(Database(app_engine(settings))) as database:
        with database.begin(None) as session:
            names = tenants.names(session)
        for tenant_id, name in names.items():
            with database.begin(tenant_id) as session:
                for backend in choices.chosen(session) - set(found):
                    unknown.setdefault(backend, set()).add(name)
    for backend, chosen_by in sorted(unknown.items()):
        by = ", ".join(sorted(chosen_by)[:5])
        yield Finding(
            f"backend {backend}", f"unknown, and chosen by {by}", f"add [backends.{backend}] to BACKENDS_FILE"
        )


def _today() -> date:
    return datetime.now(UTC).date()

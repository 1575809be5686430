"""The command line `wrapup`. Exit codes: 0 done, 1 failed, 2 wrong usage."""

import getpass
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from summarizer import ids
from summarizer.errors import InvalidRequest, SummarizerError
from summarizer.keys import Scope
from summarizer.platforms import Platform
from summarizer.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from uuid import UUID

    from summarizer.store.database import Database
    from summarizer.store.model_versions import Serving

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Grounded summaries of conversations.")
keys = typer.Typer(no_args_is_help=True, help="API keys.")
sources = typer.Typer(no_args_is_help=True, help="Platforms that send webhooks.")
models = typer.Typer(no_args_is_help=True, help="Which model serves.")
corrections = typer.Typer(no_args_is_help=True, help="What people corrected, for training.")
seal = typer.Typer(no_args_is_help=True, help="Originals of masks, sealed to a tenant's own key.")
callbacks = typer.Typer(no_args_is_help=True, help="What endpoints were told, and what they could not be.")
app.add_typer(callbacks, name="callbacks")
app.add_typer(seal, name="seal")
app.add_typer(keys, name="keys")
app.add_typer(models, name="model")
app.add_typer(corrections, name="corrections")
app.add_typer(sources, name="sources")
err = Console(stderr=True)

ExportShape = Literal["wrapup", "genesys", "genesys_summaries", "azure", "vcon", "csv"]
DEFAULT_DIRECTORY = Path(".wrapup")
_HIDDEN = "@FILE reads a file, - a line of standard input."


def main() -> None:
    """Run a command; what is refused is said in one line, without a traceback."""
    try:
        app()
    except SummarizerError as error:
        err.print(f"wrapup: {error}", style="red", highlight=False)
        sys.exit(1)


@app.command(epilog="Example: wrapup serve")
def serve() -> None:
    """Serve the REST API and the webhooks at HOST and PORT."""
    import uvicorn

    settings = _settings()
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=20,
    )


@app.command(epilog="Example: wrapup worker")
def worker() -> None:
    """Summarize what waits; one engine, loaded once."""
    from summarizer.queue import WORKER_QUEUES

    settings = _settings()
    _become_celery("workers.app", WORKER_QUEUES, concurrency=settings.worker_concurrency, log_level=settings.log_level)


@app.command(epilog="Example: wrapup courier")
def courier() -> None:
    """Fetch what platforms hold and tell endpoints what happened; loads no model."""
    from summarizer.queue import COURIER_QUEUES

    settings = _settings()
    _become_celery(
        "workers.courier", COURIER_QUEUES, concurrency=settings.courier_concurrency, log_level=settings.log_level
    )


@app.command(epilog="Example: wrapup beat")
def beat() -> None:
    """Sweep lost jobs and open the night; run one or more, one of them leads."""
    _settings()
    os.execv(sys.executable, [sys.executable, "-m", "workers.beat"])


@app.command(epilog="Example: wrapup nightly")
def nightly() -> None:
    """Run the night that is open: learn from corrections, promote what is better. Beat starts it once a date."""
    from summarizer.log import configure
    from summarizer.nightly import run

    settings = _settings()
    configure(settings.log_level)
    with closing(_database(settings)) as database:
        outcome = run(database, settings)
    typer.echo("no night is open" if outcome is None else f"{outcome.state}: {outcome.reason}")


@app.command(epilog="Example: DATABASE_URL=postgresql://owner:...@host/wrapup wrapup migrate")
def migrate() -> None:
    """Bring the database to the newest schema; DATABASE_URL must log in as the owner."""
    _settings()
    sys.exit(subprocess.run([sys.executable, "-m", "migrations"], check=False).returncode)


@app.command(epilog="Example: wrapup demo --once")
def demo(
    once: Annotated[bool, typer.Option("--once", help="End by itself: 0 only if all calls were summarized.")] = False,
    directory: Annotated[Path, typer.Option(help="Where servers keep their data.")] = DEFAULT_DIRECTORY,
) -> None:
    """Start everything on this machine, summarize five sample calls, and stay up until Ctrl-C."""
    from summarizer.demo import show
    from summarizer.deployment import deployed

    console = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = time.monotonic()
    try:
        with deployed(directory) as deployment:
            settings = _settings(deployment.environment)
            key = _new_key(settings, "demo", name="demo", scopes=list(Scope), expires_in=timedelta(days=1))
            console.print(f"service at {deployment.url} after {time.monotonic() - started:.1f} s", highlight=False)
            is_complete = show(deployment.url, key, console=console)
            if once:
                raise typer.Exit(0 if is_complete else 1)
            console.print(f"{deployment.url}/docs shows the API; this key is good for a day:", highlight=False)
            # Not broken into lines: somebody copies it.
            console.print(f"export URL={deployment.url} KEY={key}", highlight=False, soft_wrap=True)
            console.print("Ctrl-C stops it.")
            while True:
                time.sleep(1)
                for name in deployment.watch():
                    console.print(f"{name} had stopped and was started again")
    except KeyboardInterrupt:
        console.print("stopped")


@app.command(epilog="Example: wrapup doctor")
def doctor() -> None:
    """Say what is wrong with this installation and how to mend it."""
    from summarizer.doctor import examine

    is_well = True
    for finding in examine(_settings()):
        mark = "[red]✗[/]" if finding.advice else "[green]✓[/]"
        Console().print(f"{mark} {finding.name}: {finding.seen}", highlight=False)
        if finding.advice:
            is_well = False
            Console().print(f"  {finding.advice}", highlight=False)
    raise typer.Exit(0 if is_well else 1)


@app.command(
    epilog="Examples: wrapup summarize call.vtt · cat call.txt | wrapup summarize - --json · "
    "wrapup summarize calls.jsonl.gz --limit 100 --json"
)
def summarize(
    files: Annotated[list[str], typer.Argument(help="Transcripts in any supported format; - is standard input.")],
    json_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    model: Annotated[Path | None, typer.Option(help="Checkpoint directory.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many conversations of each file.")] = None,
    format_name: Annotated[str | None, typer.Option("--format", help="Do not detect the format.")] = None,
) -> None:
    """Summarize transcripts here and now, without a server."""
    from summarizer.model import load
    from summarizer.offline import as_json, as_text, summarize_files

    settings = ModelSettings()
    generator = load(settings if model is None else settings.model_copy(update={"model_dir": model}))
    num_failed = 0
    for done in summarize_files(files, generator, format_name=format_name, limit=limit):
        if done.failure is not None:
            num_failed += 1
            typer.echo(f"wrapup: {done.file}: {done.failure}", err=True)
        else:
            typer.echo(as_json(done) if json_lines else as_text(done))
    generator.close()
    raise typer.Exit(1 if num_failed else 0)


@app.command(
    epilog="Examples: wrapup ingest calls/ --tenant acme · wrapup ingest 2025.jsonl.gz --tenant acme --name 2025 · "
    "cat calls.ndjson | wrapup ingest - --tenant acme"
)
def ingest(
    files: Annotated[list[str], typer.Argument(help="Files and folders, compressed or not; - is standard input.")],
    tenant: Annotated[str, typer.Option(help="Created if there is none of this name.")],
    name: Annotated[str | None, typer.Option(help="What the batch is called; by itself as the files.")] = None,
    format_name: Annotated[str | None, typer.Option("--format", help="Do not detect the format.")] = None,
) -> None:
    """Store past calls, to be summarized after all that is live; the same files again go on where a run ended."""
    from summarizer.backfill import backfill

    settings = _settings()
    try:
        with closing(_database(settings)) as database:
            progress = backfill(
                database,
                settings,
                files,
                tenant=tenant,
                name=name,
                format_name=format_name,
                actor=getpass.getuser(),
                console=err,
            )
    except KeyboardInterrupt:
        err.print("stopped; the same command goes on from here")
        raise typer.Exit(130) from None
    typer.echo(
        f"batch {ids.public(ids.BATCH, progress.id)}: {progress.num_read} read, {progress.num_accepted} accepted, "
        f"{progress.num_unchanged} unchanged, {progress.num_refused} refused"
    )
    for one in progress.refusals:
        place = ", ".join(f"{what} {one[what]}" for what in ("file", "line") if what in one)
        typer.echo(f"refused: {place}: {one['pointer']} {one['detail']}", err=True)
    raise typer.Exit(1 if progress.num_refused else 0)


@app.command(
    epilog="Examples: wrapup export --tenant acme --out summaries.ndjson · "
    "wrapup export --tenant acme --since 2026-01-01T00:00:00Z --shape csv"
)
def export(
    tenant: Annotated[str, typer.Option(help="Whose summaries.")],
    since: Annotated[str | None, typer.Option(help="Summarized then or later, as 2026-01-31T00:00:00Z.")] = None,
    until: Annotated[str | None, typer.Option(help="Summarized before.")] = None,
    queue: Annotated[str | None, typer.Option(help="Of this queue only.")] = None,
    shape: Annotated[ExportShape, typer.Option(help="JSON objects, one a line, or a table.")] = "wrapup",
    out: Annotated[str, typer.Option(help="A file; - is standard output.")] = "-",
) -> None:
    """Write all current summaries, the newest first, with what people made of them."""
    from summarizer.exports import export as write
    from summarizer.store.summaries import Filter

    settings = _settings()
    wanted = Filter(created_after=_moment(since), created_before=_moment(until), queue=queue)
    with closing(_database(settings)) as database:
        if out == "-":
            num_written = write(database, tenant, sys.stdout, wanted=wanted, shape=shape)
        else:
            with _created(out) as file:
                num_written = write(database, tenant, file, wanted=wanted, shape=shape)
    err.print(f"{num_written} summaries", highlight=False)


@keys.command("create", epilog="Example: wrapup keys create --tenant acme --scope ingest --scope read")
def keys_create(
    tenant: Annotated[str, typer.Option(help="Created if there is none of this name.")],
    name: Annotated[str, typer.Option(help="What the key is for.")] = "default",
    scope: Annotated[list[Scope] | None, typer.Option(help="All when not given.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Expires after so many days.")] = None,
) -> None:
    """Make an API key and print it; it cannot be shown again."""
    expires_in = None if days is None else timedelta(days=days)
    typer.echo(_new_key(_settings(), tenant, name=name, scopes=scope or list(Scope), expires_in=expires_in))


@sources.command("create", epilog="Example: wrapup sources create --tenant acme --platform twilio --secret @auth-token")
def sources_create(
    tenant: Annotated[str, typer.Option(help="Created if there is none of this name.")],
    platform: Annotated[Platform, typer.Option(help="Who sends.")] = Platform.STANDARD,
    secret: Annotated[str | None, typer.Option(help=f"The platform's; one is made when not given. {_HIDDEN}")] = None,
    option: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="A setting that is no secret.")] = None,
    credential: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help=f"To read the platform's API. {_HIDDEN}")
    ] = None,
) -> None:
    """Let a platform send events; prints the address it is to be given, and the secret."""
    from summarizer.access import create_source

    options = [_pair(one, field="option") for one in option or ()]
    pairs = [_pair(one, field="credential") for one in credential or ()]
    credentials = {name: _hidden(text, field="credential") for name, text in pairs}
    settings = _settings()
    with closing(_database(settings)) as database:
        address, signing = create_source(
            database,
            settings,
            tenant,
            platform=platform,
            secret=secret and _hidden(secret, field="secret"),
            options=options,
            credentials=credentials,
        )
    typer.echo(f"{(settings.public_url or '').rstrip('/')}{address}")
    typer.echo(signing)


@sources.command("list", epilog="Example: wrapup sources list")
def sources_list() -> None:
    """Who may send events, and how many secrets of each are good now."""
    from summarizer.access import list_sources

    settings = _settings()
    with closing(_database(settings)) as database:
        for one in list_sources(database, settings):
            since = f"{one.created_at:%Y-%m-%d}"
            typer.echo("\t".join((one.token, one.tenant, one.platform, f"{one.num_secrets} secrets", since)))


@sources.command("rotate", epilog="Example: wrapup sources rotate src_...")
def sources_rotate(
    source: Annotated[str, typer.Argument(help="As its address names it.")],
    secret: Annotated[str | None, typer.Option(help=f"The new one; one is made when not given. {_HIDDEN}")] = None,
) -> None:
    """Give a sender a new secret and print it; the one before stays good until it is retired."""
    from summarizer.access import rotate_source

    settings = _settings()
    with closing(_database(settings)) as database:
        new = secret and _hidden(secret, field="secret")
        typer.echo(rotate_source(database, settings, source, secret=new))


@sources.command("retire", epilog="Example: wrapup sources retire src_...")
def sources_retire(source: Annotated[str, typer.Argument(help="As its address names it.")]) -> None:
    """Take only a sender's newest secret from now on."""
    from summarizer.access import retire_source

    settings = _settings()
    with closing(_database(settings)) as database:
        retire_source(database, settings, source)
    typer.echo("only the newest secret is good")


@sources.command("fetch-again", epilog="Example: wrapup sources fetch-again src_...")
def sources_fetch_again(source: Annotated[str, typer.Argument(help="As its address names it.")]) -> None:
    """Fetch once more what a sender named and could not be had, as after a wrong credential."""
    from summarizer.access import fetch_again

    with closing(_database(_settings())) as database:
        typer.echo(f"{fetch_again(database, source)} to be fetched again")


@callbacks.command("list", epilog="Example: wrapup callbacks list acme --state failed")
def callbacks_list(
    tenant: Annotated[str, typer.Argument(help="Whose endpoints.")],
    state: Annotated[str | None, typer.Option(help="queued, running, succeeded or failed: the dead letters.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 50,
) -> None:
    """List what endpoints were told, the newest first."""
    from summarizer.store import callbacks as stored

    table = Table("id", "endpoint", "event", "state", "attempts", "status", "failure", "last attempt")
    with closing(_database(_settings())) as database, database.begin(_tenant_id(database, tenant)) as session:
        found = stored.page(session, stored.Wanted(state=state), after=None, limit=limit)
    for one in found:
        callback, last = one.callback, one.callback.attempted_at
        told = ids.public(ids.CALLBACK, callback.id), ids.public(ids.ENDPOINT, callback.endpoint_id)
        said = (str(callback.status or ""), callback.failure, "" if last is None else f"{last:%Y-%m-%d %H:%M:%S}")
        table.add_row(*told, callback.event, one.job.state, str(one.job.attempt), *said)
    Console(width=None if sys.stdout.isatty() else 200).print(table)


@callbacks.command("replay", epilog="Example: wrapup callbacks replay acme ep_0193c1f0a3b24f6e8d0c5b7a9e1f2d3c")
def callbacks_replay(
    tenant: Annotated[str, typer.Argument(help="Whose endpoint.")],
    endpoint: Annotated[str, typer.Argument(help="Its id, as `callbacks list` shows it.")],
) -> None:
    """Tell an endpoint again what it could not be told."""
    from summarizer.callbacks import replay_range

    endpoint_id = ids.row_id(ids.ENDPOINT, endpoint)
    with closing(_database(_settings())) as database:
        tenant_id = _tenant_id(database, tenant)
        actor = getpass.getuser()
        num = replay_range(database, tenant_id, endpoint_id, actor=actor, since=None, until=None, only_failed=True)
    typer.echo(f"{num} to be told again")


@corrections.command("export", epilog="Example: wrapup corrections export private.jsonl")
def corrections_export(
    file: Annotated[Path, typer.Argument(help="Where examples go, one JSON object a line.")],
) -> None:
    """Write what people corrected or found good: masked, checked, under pseudonyms, of consenting tenants only."""
    from summarizer.corrections import export

    settings = _settings()
    with closing(_database(settings)) as database:
        counts = export(database, file, secret=settings.master_key.get_secret_value())
    for what, count in sorted(counts.items()):
        typer.echo(f"{what}: {count}")


@corrections.command("allow", epilog="Example: wrapup corrections allow acme")
def corrections_allow(
    tenant: Annotated[str, typer.Argument(help="Whose corrections may be learned from.")],
    no: Annotated[bool, typer.Option("--no", help="They may not, from now on.")] = False,
) -> None:
    """Say whether a tenant's corrections may train the model; by itself they may not."""
    from summarizer.store import tenants

    with closing(_database(_settings())) as database, database.begin(None) as session:
        tenants.allow_training(session, tenants.ensure(session, tenant), is_allowed=not no)
    typer.echo(f"{tenant}: {'not learned from' if no else 'learned from'}")


@seal.command("keygen", epilog="Example: wrapup seal keygen --to acme.pem")
def seal_keygen(
    to: Annotated[Path, typer.Option(help="Where the private key goes; it must never reach the server.")],
) -> None:
    """Make a key pair on the tenant's own machine; prints the public key."""
    from summarizer.redaction.sealed import new_private_key, public_key_of

    private_key = new_private_key()
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidRequest(f"{to}: {error.strerror}", field="to") from None
    with os.fdopen(handle, "wb") as file:
        file.write(private_key)
    typer.echo(public_key_of(private_key))


@seal.command("set", epilog="Example: wrapup seal set acme 'Lr2n…='  ·  wrapup seal set acme --off")
def seal_set(
    tenant: Annotated[str, typer.Argument(help="Whose masks can be undone by the holder of the private key.")],
    public_key: Annotated[str | None, typer.Argument(help="As `wrapup seal keygen` printed it.")] = None,
    off: Annotated[bool, typer.Option("--off", help="Seal nothing from now on.")] = False,
) -> None:
    """Keep what is masked, apart from cards, codes, IBANs and national ids, sealed to this key."""
    from summarizer.redaction import sealed
    from summarizer.store import tenants

    if off is (public_key is not None):
        raise typer.BadParameter("give a public key or --off")
    raw = None if public_key is None else sealed.public_key(public_key)
    with closing(_database(_settings())) as database, database.begin(None) as session:
        tenants.set_seal_key(session, tenants.ensure(session, tenant), raw)
    typer.echo(f"{tenant}: {'masks cannot be undone' if off else 'originals are sealed'}")


@seal.command("open", epilog="Example: wrapup seal open --key acme.pem < conversation.json")
def seal_open(
    key: Annotated[Path, typer.Option(help="The private key.")],
) -> None:
    """Print the conversation that `GET /v1/conversations/{id}` gave with its originals; needs no server."""
    from summarizer.formats import canonical, strict_json
    from summarizer.redaction.sealed import opened

    document = strict_json.parse(sys.stdin.buffer.read())
    try:
        private_key = key.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{key}: {error.strerror}", field="key") from None
    typer.echo(canonical.write(opened(document, private_key)).decode())


@models.command("promote", epilog="Example: wrapup model promote runs/2026-11-25/model --decision decision.json")
def model_promote(
    directory: Annotated[Path, typer.Argument(help="A checkpoint; it stays there while it serves.")],
    share: Annotated[float, typer.Option(min=0.001, max=1.0, help="Try it on this share of the jobs.")] = 1.0,
    decision: Annotated[Path | None, typer.Option(help="Why: `decision.json` of the gate, kept with it.")] = None,
) -> None:
    """Let a model serve; workers change within seconds, and no job changes models half-way."""
    from summarizer.promotion import promote

    settings = _settings()
    reasons = None if decision is None else json.loads(decision.read_text("utf-8"))
    with closing(_database(settings)) as database:
        now = promote(
            database, directory, before=settings.model_dir, share=share, actor=getpass.getuser(), decision=reasons
        )
    _say_serving(now)


@models.command("rollback", epilog="Example: wrapup model rollback")
def model_rollback() -> None:
    """End a trial, or let the model before serve again; needs Postgres alone."""
    from summarizer.promotion import rollback

    with closing(_database(_settings())) as database:
        _say_serving(rollback(database, actor=getpass.getuser()))


@models.command("list", epilog="Example: wrapup model list")
def model_list() -> None:
    """What has served since when, the newest first."""
    from summarizer.store import model_versions

    table = Table("since", "action", "version", "share", "by")
    with closing(_database(_settings())) as database, database.begin(None) as session:
        for row in reversed(model_versions.history(session)):
            since = f"{row.at:%Y-%m-%d %H:%M}"
            table.add_row(since, row.action, row.model_version[:12], f"{row.share:.0%}", row.actor)
    Console().print(table)


def _tenant_id(database: "Database", name: str) -> "UUID":
    from summarizer.store import tenants

    with database.begin(None) as session:
        return tenants.named(session, name)


def _created(name: str) -> TextIO:
    try:
        return open(name, "w", encoding="utf-8", newline="", opener=lambda path, flags: os.open(path, flags, 0o600))
    except OSError as error:
        raise InvalidRequest(f"{name}: {error.strerror}", field="out") from None


def _moment(text: str | None) -> datetime | None:
    from summarizer.formats.canonical import moment

    try:
        return None if text is None else moment(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text}: {error}") from None


def _say_serving(now: "Serving") -> None:
    typer.echo(f"{now.champion.id[:12]} in {now.champion.directory} serves")
    if now.challenger is not None:
        typer.echo(f"{now.challenger.id[:12]} in {now.challenger.directory} is tried on {now.share:.0%} of the jobs")


def _become_celery(module: str, queues: Sequence[str], *, concurrency: int, log_level: str) -> None:
    command = [sys.executable, "-m", "celery", "--quiet", "--app", module, "worker", "--pool", "threads"]
    command += ["--queues", ",".join(queues), "--concurrency", str(concurrency), "--without-gossip"]
    os.execv(sys.executable, [*command, "--without-mingle", "--loglevel", log_level])


def _new_key(settings: Settings, tenant: str, *, name: str, scopes: list[Scope], expires_in: timedelta | None) -> str:
    from summarizer.access import create_key

    with closing(_database(settings)) as database:
        return create_key(database, tenant, name=name, scopes=scopes, expires_in=expires_in).text


def _pair(text: str, *, field: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise InvalidRequest("write it as name=value", field=field)
    return name, value


def _hidden(text: str, *, field: str) -> str:
    """A secret, which need not stand among the arguments, where every process can read it."""
    if text == "-":
        return sys.stdin.readline().strip()
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text("utf-8").strip()
    except (OSError, ValueError):
        raise InvalidRequest("the file cannot be read", field=field) from None


def _settings(environment: dict[str, str] | None = None) -> Settings:
    """Settings from the environment; what is missing or wrong is named, its value never."""
    try:
        if environment is None:
            return Settings()
        known = {name: environment[name.upper()] for name in Settings.model_fields if name.upper() in environment}
        return Settings.model_validate(known)
    except ValidationError as error:
        wrong = ", ".join(str(one["loc"][0]).upper() for one in error.errors())
        err.print(f"wrapup: these settings are missing or wrong: {wrong}", style="red", highlight=False)
        raise typer.Exit(2) from None


def _database(settings: Settings) -> "Database":
    from summarizer.store.database import Database, app_engine

    return Database(app_engine(settings))


if __name__ == "__main__":
    main()

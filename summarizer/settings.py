"""Every knob of the service, typed, read once from the environment and frozen."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, IPvAnyNetwork, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from summarizer import prices
from summarizer.specs import DEFAULT_CHAIN


def _seconds(text: object) -> object:
    """A plain number means seconds; everything else is ISO 8601, as `PT10M`."""
    try:
        return timedelta(seconds=float(text)) if isinstance(text, str) else text
    except ValueError:
        return text


def _listed(text: object) -> object:
    """JSON, or values with commas between them."""
    if not isinstance(text, str):
        return text
    return (
        json.loads(text) if text.lstrip().startswith("[") else [one.strip() for one in text.split(",") if one.strip()]
    )


Item = TypeVar("Item")
Duration = Annotated[timedelta, BeforeValidator(_seconds)]
Listed = Annotated[tuple[Item, ...], NoDecode, BeforeValidator(_listed)]

SECRETS = Path("/run/secrets")  #: a file each, where a container finds them; the environment goes before it
SHIPPED_MODEL = Path(__file__).parent / "shipped_model"


def names_set() -> frozenset[str]:
    """The names of all variables, of the environment, `.env` and secrets, whoever reads them; values are not told."""
    secrets = [path.name for path in SECRETS.iterdir()] if SECRETS.is_dir() else []
    return frozenset(name.upper() for name in (*os.environ, *dotenv_values(".env"), *secrets))


class ModelSettings(BaseSettings):
    """How the model runs; all that a summary without a server needs."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        secrets_dir=SECRETS if SECRETS.is_dir() else None,
    )

    model_dir: Path = SHIPPED_MODEL
    model_version: str | None = None  #: SHA-256, as the worker logs it; files of another version are refused
    device: Literal["cpu", "cuda"] = "cpu"
    precision: Literal["auto", "fp32", "bf16", "int8"] = "auto"  #: the fastest that is as good as fp32
    cache_tokens: int | None = None  #: a worker keeps in memory; by itself it takes half of what is free when it starts
    num_threads: int = 0  #: of the model on a CPU; 0 takes all cores
    job_deadline: Duration = timedelta(minutes=10)  #: for one attempt
    backends_file: Path | None = None  #: TOML, other models that may be chosen; see `summarizer.specs`
    prices_file: Path = prices.SHIPPED  #: TOML, what a device's hour and rented tokens cost since when


class Settings(ModelSettings):
    """Read from the environment, or from the file named `.env`; built once in each entry point and passed down.

    Names are the field's in capitals: `DATABASE_URL`, `REDIS_URL`, `MODEL_DIR`...
    """

    database_url: SecretStr  #: any login that is, or may act as, the role `wrapup_app`; the owner for migrations
    app_database_password: SecretStr | None = None  #: migrations give it to `wrapup_app`, so that it may log in
    monitor_database_password: SecretStr | None = None  #: and this to `wrapup_monitor`, which counts what waits
    redis_url: SecretStr
    master_key: SecretStr  #: Fernet keys that encrypt secrets at rest, newest first, with commas between them
    encrypt_transcripts: bool = False  #: at rest, from now on; `wrapup data-keys reencrypt` for those there are

    default_backends: Listed[str] = Field(DEFAULT_CHAIN, min_length=1)  #: in order, where a tenant chose none
    worker_concurrency: int = 16  #: jobs of one worker that wait for the engine at once
    courier_concurrency: int = 16  #: fetches and callbacks of one courier at once
    metrics_port: int | None = None  #: where a process lets Prometheus read; none: nowhere
    metrics_host: str = "127.0.0.1"  #: whose address; no password guards it, so only where Prometheus is
    metrics_interval: Duration = timedelta(seconds=15)  #: between two looks of the beat at the backlog of all
    alive_file: Path | None = None  #: touched while a process makes progress, for a probe to look at

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None  #: as platforms know the service, behind a proxy; Twilio signs the address
    requests_per_second: float = Field(100.0, gt=0)  #: of one tenant at one API process; a tenant's own rate goes first
    request_burst: int = Field(200, ge=1)  #: so many may come at once
    max_body_bytes: int = 2_000_000
    max_batch_bytes: int = 50_000_000
    max_head_bytes: int = 16_384  #: of all headers; a key, a signature and a trace are a tenth of it
    max_target_bytes: int = 8_192  #: of path and query; a filter and a cursor are an eighth of it
    head_timeout: Duration = timedelta(seconds=10)  #: to send the headers; slower is broken or means harm
    body_timeout: Duration = timedelta(seconds=30)  #: to send a body, or to read an answer ...
    body_bytes_per_second: int = 20_000  #: ... and a second more for so many bytes: a whole batch over a slow line
    max_connections: int = 500  #: half of the files a process may usually open; then whoever is slowest makes room
    show_docs: bool = True  #: `/docs` and `/openapi.json`; off where nobody should see what there is
    vcon_keys: Path | None = None  #: PEM file of the public keys and certificates by which a signed vCon is trusted
    database_pool_size: int = 20
    database_timeout: Duration = timedelta(seconds=5)  #: to connect, and to get a connection from the pool
    enqueue_timeout: Duration = timedelta(milliseconds=200)  #: the sweeper finds what was not enqueued

    lease: Duration = timedelta(seconds=30)  #: a worker that is silent for so long has lost its job
    backfill_patience: Duration = timedelta(minutes=1)  #: by so much a live call may come later and still go first
    max_attempts: int = 3
    max_fetches: int = 10
    max_deliveries: int = 10
    outbound_networks: Listed[IPvAnyNetwork] = ()  #: private networks that callbacks may reach, by plain HTTP as well
    callback_ports: Listed[int] = (443, 8443)  #: elsewhere, with TLS
    shutdown_grace: Duration = timedelta(seconds=20)  #: then a stopping worker hands its jobs back
    sweep_interval: Duration = timedelta(seconds=2)
    stale_after: Duration = timedelta(seconds=10)  #: a queued job whose message nobody took by then is sent again
    follow_interval: Duration = timedelta(seconds=5)  #: between two looks at which model is to serve
    nightly_at_hour: int = 2  #: UTC
    nightly_dir: Path = Path("runs/nightly")  #: models of the nights; workers must see it under the same path
    nightly_min_examples: int = 200  #: corrections; with fewer a night is skipped
    nightly_steps: int = 300
    training_data: Path | None = None  #: folder of public conversations; without it nights are skipped
    training_policy: Literal["commercial", "research"] = "commercial"  #: what the public sets' licences must allow
    private_share: float = 0.2  #: of a night's examples and of their tokens
    trial_share: float = 1.0  #: of the jobs that a promoted model serves at first
    training_device: str | None = None  #: of the price list, on which nights run; none: DEVICE
    idempotency_window: Duration = timedelta(hours=24)
    retention_days: int | None = None  #: conversations are erased so long after the last of them arrived; none: never
    history_days: int = 90  #: events that came and callbacks that were told are known for so long
    log_level: str = "INFO"
    otel_exporter_otlp_endpoint: str | None = None  #: a collector, by HTTP; needs the extra `telemetry`
    otel_exporter_otlp_traces_endpoint: str | None = None  #: the same for traces alone, with its path

    @property
    def traces_url(self) -> str | None:
        """Where spans are sent; OpenTelemetry's other variables are read by its SDK."""
        if self.otel_exporter_otlp_traces_endpoint is not None:
            return self.otel_exporter_otlp_traces_endpoint
        base = self.otel_exporter_otlp_endpoint
        return None if base is None else f"{base.rstrip('/')}/v1/traces"

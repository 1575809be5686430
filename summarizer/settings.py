"""Every knob of the service, typed, read once from the environment and frozen."""

from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SHIPPED_MODEL = Path(__file__).parent / "shipped_model"


class Settings(BaseSettings):
    """Read from the environment, or from the file named `.env`; built once in each entry point and passed down.

    Names are the field's in capitals: `DATABASE_URL`, `REDIS_URL`, `MODEL_DIR`...
    """

    model_config = SettingsConfigDict(frozen=True, env_file=".env", extra="ignore", secrets_dir=None)

    database_url: SecretStr  #: any login that is, or may act as, the role `wrapup_app`; the owner for migrations
    app_database_password: SecretStr | None = None  #: migrations give it to `wrapup_app`, so that it may log in
    redis_url: SecretStr
    master_key: SecretStr  #: Fernet key that encrypts the secrets of webhook senders at rest

    model_dir: Path = SHIPPED_MODEL
    device: str = "cpu"  #: or cuda
    num_threads: int = 0  #: of the model on a CPU; 0 takes all cores
    worker_concurrency: int = 16  #: jobs of one worker that wait for the engine at once

    host: str = "127.0.0.1"
    port: int = 8000
    max_body_bytes: int = 2_000_000
    database_pool_size: int = 20
    database_timeout: timedelta = timedelta(seconds=5)  #: to connect, and to get a connection from the pool
    enqueue_timeout: timedelta = timedelta(milliseconds=200)  #: the sweeper finds what was not enqueued

    lease: timedelta = timedelta(seconds=30)  #: a worker that is silent for so long has lost its job
    job_deadline: timedelta = timedelta(minutes=10)  #: for one attempt
    max_attempts: int = 3
    sweep_interval: timedelta = timedelta(seconds=2)
    stale_after: timedelta = timedelta(seconds=10)  #: a queued job whose message nobody took by then is sent again
    nightly_at_hour: int = 2  #: UTC
    idempotency_window: timedelta = timedelta(hours=24)
    signature_window: timedelta = timedelta(minutes=5)
    log_level: str = "INFO"

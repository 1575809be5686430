from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from summarizer.settings import ModelSettings, Settings

NEEDED = {"DATABASE_URL": "postgresql://a:secret@h/d", "REDIS_URL": "redis://h", "MASTER_KEY": "k"}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_time_is_seconds_or_iso_8601(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**NEEDED, "LEASE": "2.5", "JOB_DEADLINE": "PT10M"}.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.lease, settings.job_deadline) == (timedelta(seconds=2.5), timedelta(minutes=10))


def test_settings_come_from_a_file_too_and_do_not_change() -> None:
    Path(".env").write_text("\n".join(f"{name}={value}" for name, value in NEEDED.items()))
    settings = Settings()
    assert settings.master_key.get_secret_value() == "k"
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    assert "secret@" not in repr(Settings())


def test_a_model_runs_without_any_server() -> None:
    assert (ModelSettings().model_dir / "config.json").exists()


def test_a_secret_may_be_a_file_and_the_environment_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in NEEDED.items():
        (tmp_path / name.lower()).write_text(f"{value}\n")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    settings = Settings(_secrets_dir=tmp_path)
    assert settings.master_key.get_secret_value() == "k"
    assert settings.redis_url.get_secret_value() == "redis://elsewhere"


def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**NEEDED, "RETENTION_DAYS": "", "PUBLIC_URL": ""}.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.retention_days, settings.public_url) == (None, None)

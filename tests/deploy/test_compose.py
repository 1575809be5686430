"""What compose.yaml asks of its owner is in .env.example, and of workers any number may run."""

import re
from pathlib import Path

import yaml

from summarizer.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text()
OTHERS = {"GOMP_SPINCOUNT"}  #: read by OpenMP, and by nothing of ours
SERVERS = {"postgres", "valkey", "prometheus", "grafana"}


def test_every_variable_of_compose_is_in_the_example_and_every_one_of_the_example_in_compose() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    told = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert asked == told


def test_every_process_of_ours_is_told_settings_only() -> None:
    known = {name.upper() for name in Settings.model_fields} | OTHERS
    for name, service in yaml.safe_load(COMPOSE)["services"].items():
        assert name in SERVERS or set(service["environment"]) <= known


def test_one_variable_says_how_many_workers_run_and_none_of_them_has_a_name_or_port_of_its_own() -> None:
    worker = yaml.safe_load(COMPOSE)["services"]["worker-cpu"]
    assert worker["deploy"] == {"replicas": "${WORKERS:-1}"}
    assert not {"container_name", "ports", "hostname"} & set(worker)

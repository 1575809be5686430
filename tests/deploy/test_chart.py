"""The chart says what the code knows: its settings, commands, images, probes; and counts as Postgres does."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
import yaml
from sqlalchemy import create_engine, text
from typer.main import get_command

import migrations
from summarizer.cli import app
from summarizer.settings import Settings
from summarizer.store import tenants
from summarizer.store.database import Database, driver_url
from summarizer.store.tables import MONITOR_ROLE
from tests.deploy.rendering import CHART, parse, rendered, values_of
from tests.work import submitted

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((CHART / "templates").iterdir())
EVERYTHING = values_of(
    keda={"enabled": True},
    models={"existingClaim": "runs"},
    files={"existingConfigMap": "wrapup"},
    metrics={"serviceMonitor": {"enabled": True}},
    images={"pullSecrets": [{"name": "registry"}]},
    network={"servers": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
)
ELSEWHERE = {"GOMP_SPINCOUNT"}  #: read by OpenMP, and by nothing of ours
COMPONENTS = ("api", "worker", "courier", "beat")
IN_COMPOSE = {"worker": "worker-cpu"}


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for((CHART / "values.schema.json").read_text())


def _documents(kind: str, values: dict[str, Any] = EVERYTHING) -> list[dict[str, Any]]:
    return [one for made in rendered(values).values() for one in made if one["kind"] == kind]


def _pods() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each component with its pod and the pod's one container."""
    for one in (*_documents("Deployment"), *_documents("Job")):
        pod = one["spec"]["template"]["spec"]
        yield one["metadata"]["labels"]["app.kubernetes.io/component"], pod, pod["containers"][0]


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}")
    else:
        yield path


@pytest.mark.parametrize("files", [(), ("values-gpu.yaml",)], ids=["cpu", "gpu"])
def test_the_values_are_as_the_schema_says(schema: jsonschema_rs.Validator, files: tuple[str, ...]) -> None:
    schema.validate(values_of(*files))
    assert rendered(values_of(*files))


@pytest.mark.parametrize(
    "changes",
    [
        {"existingSecret": ""},
        {"worker": {"device": "tpu"}},
        {"worker": {"replica": 2}},
        {"keda": {"jobsPerWorker": 0}},
        {"settings": {"MASTER_KEY": "a secret among the values"}},
        {"settings": {"LEASE": 30}},
    ],
    ids=str,
)
def test_values_that_are_wrong_are_refused(schema: jsonschema_rs.Validator, changes: dict[str, Any]) -> None:
    assert not schema.is_valid(values_of(**changes))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_block_of_a_template_has_its_end(template: Path) -> None:
    assert parse(template.read_text())


def test_every_value_that_is_used_is_there_and_every_one_that_is_there_is_used() -> None:
    used = {f".{name}" for path in TEMPLATES for name in re.findall(r"\.Values\.([\w.]+)", path.read_text())}
    leaves = set(_leaves(values_of()))
    assert {one for one in used if not any(leaf == one or leaf.startswith(f"{one}.") for leaf in leaves)} == set()
    assert {leaf for leaf in leaves if not any(leaf == one or leaf.startswith(f"{one}.") for one in used)} == set()


def test_every_variable_is_a_setting_and_every_secret_is_named_in_the_values() -> None:
    known = {name.upper() for name in Settings.model_fields} | ELSEWHERE
    told = (CHART / "values.yaml").read_text()
    for _, _, container in _pods():
        assert {one["name"] for one in container["env"]} <= known
        for one in container["env"]:
            if "valueFrom" in one:
                assert f"#   {one['valueFrom']['secretKeyRef']['key']} " in f"{told} ".replace("\n", " \n")
    assert set(values_of()["settings"]) <= known


def test_no_secret_is_written_into_a_document() -> None:
    secret = {"DATABASE_URL", "REDIS_URL", "MASTER_KEY", "APP_DATABASE_PASSWORD", "MONITOR_DATABASE_PASSWORD"}
    for _, _, container in _pods():
        assert not [one for one in container["env"] if one["name"] in secret and "value" in one]
    assert not _documents("Secret")


def test_every_command_is_one_of_ours_and_every_image_that_of_compose() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for component, _, container in _pods():
        service = services[IN_COMPOSE.get(component, component)]
        assert container["command"] == service["command"]
        assert container["command"][0] == "wrapup"
        assert container["command"][1] in commands
        assert container["image"].rpartition(":")[0] == service["image"]


def test_nobody_is_root_or_writes_or_speaks_to_the_cluster() -> None:
    for _, pod, container in _pods():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        mounted = {one["name"] for one in container["volumeMounts"]}
        assert mounted <= {one["name"] for one in pod["volumes"]}


def test_a_pod_has_longer_to_end_than_a_worker_takes_to_hand_its_jobs_back() -> None:
    for component, pod, container in _pods():
        if component != "migrate":
            grace = next(one["value"] for one in container["env"] if one["name"] == "SHUTDOWN_GRACE")
            assert pod["terminationGracePeriodSeconds"] > int(grace)


def test_three_probes_mean_different_things() -> None:
    for component, _, container in _pods():
        if component == "migrate":
            continue
        probes = [container[f"{name}Probe"] for name in ("startup", "readiness", "liveness")]
        asked = [str(probe.get("httpGet") or probe.get("exec")) for probe in probes]
        assert len(set(asked)) == 3
    api = next(container for component, _, container in _pods() if component == "api")
    assert [api[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")] == [
        "/startupz",
        "/readyz",
        "/livez",
    ]


def test_a_probe_of_a_file_tells_one_just_touched_from_an_old_one_and_from_none(tmp_path: Path) -> None:
    worker = next(container for component, _, container in _pods() if component == "worker")
    file = tmp_path / "alive"

    def passes(name: str) -> bool:
        command = [part.replace("/tmp/alive", str(file)) for part in worker[f"{name}Probe"]["exec"]["command"]]
        return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0

    assert not any(passes(name) for name in ("startup", "readiness", "liveness"))
    file.touch()
    assert all(passes(name) for name in ("startup", "readiness", "liveness"))
    os.utime(file, (time.time() - 100,) * 2)
    assert [passes(name) for name in ("startup", "readiness", "liveness")] == [True, False, True]
    os.utime(file, (time.time() - 200,) * 2)
    assert [passes(name) for name in ("startup", "readiness", "liveness")] == [True, False, False]


def test_what_selects_pods_selects_those_of_one_component() -> None:
    pods = [one["spec"]["template"]["metadata"]["labels"] for one in _documents("Deployment")]
    selectors = [one["spec"]["selector"]["matchLabels"] for one in _documents("Deployment")]
    selectors += [one["spec"]["selector"]["matchLabels"] for one in _documents("PodDisruptionBudget")]
    for selector in selectors:
        assert sum(selector.items() <= labels.items() for labels in pods) == 1
    assert len(_documents("PodDisruptionBudget")) == len(COMPONENTS)
    services = {one["metadata"]["name"]: one["spec"] for one in _documents("Service")}
    assert sum(services["r-api"]["selector"].items() <= labels.items() for labels in pods) == 1
    assert sum(services["r-metrics"]["selector"].items() <= labels.items() for labels in pods) == len(COMPONENTS)
    monitor = _documents("ServiceMonitor")[0]["spec"]
    labels = [one["metadata"]["labels"] for one in _documents("Service")]
    assert sum(monitor["selector"]["matchLabels"].items() <= one.items() for one in labels) == 1
    assert monitor["endpoints"][0]["port"] == "metrics"


def test_only_the_courier_may_speak_to_everybody() -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in _documents("NetworkPolicy")}
    assert [name for name, spec in policies.items() if {} in spec.get("egress", [])] == ["r-courier"]
    ports = {port["port"] for rule in policies["r"]["egress"] for port in rule["ports"]}
    assert ports == {53, 5432, 6379}
    assert all("Egress" in spec["policyTypes"] for spec in policies.values())


def test_a_worker_on_a_gpu_has_a_whole_one_and_makes_room_before_the_next_begins() -> None:
    made = {one["metadata"]["name"]: one["spec"] for one in _documents("Deployment", values_of("values-gpu.yaml"))}
    containers = {name: spec["template"]["spec"]["containers"][0] for name, spec in made.items()}
    limits = {name: one["resources"]["limits"].get("nvidia.com/gpu", 0) for name, one in containers.items()}
    assert limits == {"r-api": 0, "r-beat": 0, "r-courier": 0, "r-worker": 1}
    assert made["r-worker"]["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    assert {"name": "DEVICE", "value": "cuda"} in containers["r-worker"]["env"]


def test_with_keda_nobody_else_says_how_many_workers_there_are() -> None:
    def num_said(values: dict[str, Any]) -> int:
        workers = [one for one in _documents("Deployment", values) if one["metadata"]["name"] == "r-worker"]
        return sum("replicas" in one["spec"] for one in workers)

    assert (num_said(values_of()), num_said(EVERYTHING)) == (1, 0)
    assert _documents("ScaledObject", values_of()) == []
    scaled = _documents("ScaledObject")[0]["spec"]
    assert scaled["scaleTargetRef"]["name"] in {one["metadata"]["name"] for one in _documents("Deployment")}
    assert scaled["minReplicaCount"] < scaled["maxReplicaCount"]


@pytest.mark.parametrize(("jobs_per_worker", "num_workers"), [(1, 5), (2, 3), (4, 2), (5, 1), (16, 1)])
def test_keda_asks_for_the_workers_that_all_tenants_jobs_need(
    database_url: str, database: Database, tenant_id: UUID, jobs_per_worker: int, num_workers: int
) -> None:
    values = values_of(keda={"enabled": True, "jobsPerWorker": jobs_per_worker})
    trigger = _documents("ScaledObject", values)[0]["spec"]["triggers"][0]
    migrations.upgrade(database_url, monitor_password="watched")
    engine = create_engine(driver_url(database_url).set(username=MONITOR_ROLE, password="watched"))

    def asked() -> float:
        with engine.connect() as connection:
            return float(connection.scalar(text(trigger["metadata"]["query"].replace(":", r"\:"))))

    assert asked() == 0 == float(trigger["metadata"]["activationTargetQueryValue"])
    for number in range(3):
        submitted(database, tenant_id, external_id=f"call-{number}")
    with database.begin(None) as session:
        other = tenants.ensure(session, "other")
    for number in range(2):
        submitted(database, other, external_id=f"call-{number}")
    with database.begin(other) as session:
        session.execute(text("UPDATE jobs SET state = 'running', lease_until = now() + interval '1 minute'"))
    assert asked() / float(trigger["metadata"]["targetQueryValue"]) == num_workers
    engine.dispose()

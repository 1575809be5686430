"""What watches in deploy/: dashboards and rules ask for nothing that nobody tells, in the form their readers demand."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from summarizer.metrics.labels import TABLE
from tests.summarizer.metrics.exported import names

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DASHBOARDS = sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
RULES = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())
TESTS = yaml.safe_load((DEPLOY / "alerts_test.yaml").read_text())
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())

OF_PROMETHEUS = {"up"}  # told of each target by Prometheus itself
OF_TARGETS = {"job", "instance", "le"}
KEYWORDS = {"by", "without", "on", "ignoring", "and", "or", "unless", "group_left", "group_right", "bool", "offset"}
DURATION = re.compile(r"([0-9]+(ms|[smhdwy]))+")
SEVERITIES = {"info", "warning", "critical"}


def _asked(query: str) -> set[str]:
    """The metrics that a query names."""
    bare = re.sub(r'"[^"]*"', '""', query)
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]", " ", bare)
    bare = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", " ", bare)
    words = re.finditer(r"[a-zA-Z_:][a-zA-Z0-9_:]*", bare)
    called = {one.group() for one in words if not bare[one.end() :].lstrip().startswith("(")}
    return called - KEYWORDS


def _labels(query: str) -> set[str]:
    """The labels that a query narrows or groups by."""
    grouped = re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", query)
    narrowed = re.findall(r"(\w+)\s*(?:=|!)", " ".join(re.findall(r"\{([^}]*)\}", query)))
    return {one.strip() for some in grouped for one in some.split(",") if one.strip()} | set(narrowed)


def _rules() -> Iterator[dict[str, Any]]:
    for group in RULES["groups"]:
        yield from group["rules"]


def _panels(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text())["panels"])


def _queries() -> Iterator[tuple[str, str]]:
    """Every query with where it stands."""
    for path in DASHBOARDS:
        for panel in _panels(path):
            for target in panel["targets"]:
                yield f"{path.name}: {panel['title']}", target["expr"]
    for rule in _rules():
        yield rule.get("alert") or rule["record"], rule["expr"]


def test_a_query_is_read_as_it_is_meant() -> None:
    query = 'sum by (le, kind) (rate(wrapup_a_total{kind=~"b|c", state!="d"}[5m])) / on (kind) wrapup:e:rate1h or up'
    assert _asked(query) == {"wrapup_a_total", "wrapup:e:rate1h", "up"}
    assert _labels(query) == {"le", "kind", "state"}


def test_every_metric_that_is_asked_for_is_told() -> None:
    told = names() | OF_PROMETHEUS | {rule["record"] for rule in _rules() if "record" in rule}
    asked = {name: where for where, query in _queries() for name in _asked(query)}
    assert {name: where for name, where in asked.items() if name not in told} == {}
    assert len(asked) > 40


def test_every_metric_that_we_tell_is_shown_or_watched() -> None:
    asked = {name for _, query in _queries() for name in _asked(query)}
    families = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in asked}
    told = {name for name in names() if name.startswith("wrapup_")}
    unseen = {re.sub("_(bucket|sum|count)$", "", name) for name in told} - families
    assert unseen == {"wrapup_build_info"}


def test_every_label_that_is_asked_for_is_in_the_table() -> None:
    for where, query in _queries():
        assert _labels(query) <= {*TABLE, *OF_TARGETS}, where


def test_every_legend_is_of_labels_that_the_query_leaves() -> None:
    for path in DASHBOARDS:
        for panel in _panels(path):
            for target in panel["targets"]:
                shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
                grouped = re.findall(r"\bby\s*\(([^)]*)\)", target["expr"])
                if grouped:
                    assert shown <= {one.strip() for some in grouped for one in some.split(",")}, panel["title"]
                assert shown <= {*TABLE, *OF_TARGETS}, panel["title"]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda one: one.stem)
def test_a_dashboard_has_what_grafana_needs(path: Path) -> None:
    dashboard = json.loads(path.read_text())
    assert {"uid", "title", "panels", "schemaVersion", "templating", "time"} <= set(dashboard)
    variables = {one["name"]: one["type"] for one in dashboard["templating"]["list"]}
    assert variables == {"datasource": "datasource"}
    panels = dashboard["panels"]
    assert len({one["id"] for one in panels}) == len(panels)
    assert len({one["title"] for one in panels}) == len(panels)
    for panel in panels:
        assert panel["datasource"]["uid"] == "${datasource}", panel["title"]
        assert {one["datasource"]["uid"] for one in panel["targets"]} == {"${datasource}"}
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


def test_dashboards_have_names_of_their_own() -> None:
    found = [json.loads(path.read_text()) for path in DASHBOARDS]
    assert len({one["uid"] for one in found}) == len({one["title"] for one in found}) == len(found) == 4


def test_rules_have_the_fields_that_promtool_demands() -> None:
    assert set(RULES) == {"groups"}
    assert Counter(group["name"] for group in RULES["groups"]).most_common(1)[0][1] == 1
    for group in RULES["groups"]:
        assert set(group) <= {"name", "interval", "rules", "limit"}
    for rule in _rules():
        assert rule["expr"].strip()
        assert rule["expr"].count("(") == rule["expr"].count(")")
        if "record" in rule:
            assert re.fullmatch(r"[a-z_]+(:[a-z0-9_]+){2}", rule["record"])
            assert set(rule) <= {"record", "expr", "labels"}
        else:
            assert set(rule) <= {"alert", "expr", "for", "labels", "annotations", "keep_firing_for"}
            assert re.fullmatch("Wrapup[A-Za-z]+", rule["alert"])
            assert DURATION.fullmatch(rule.get("for", "1m")), rule["alert"]
            assert rule["labels"]["severity"] in SEVERITIES
            assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    alerts = [rule["alert"] for rule in _rules() if "alert" in rule]
    assert len(alerts) == len(set(alerts))


def test_templates_in_annotations_are_closed_and_of_labels_that_are_left() -> None:
    for rule in _rules():
        for said in rule.get("annotations", {}).values():
            assert said.count("{{") == said.count("}}")
            shown = set(re.findall(r"\$labels\.(\w+)", said))
            assert shown <= {*TABLE, *OF_TARGETS}, rule["alert"]


def test_every_alert_says_what_to_do() -> None:
    text = (DEPLOY / "RUNBOOK.md").read_text()
    anchors = {line.lower().replace(" ", "-") for line in re.findall("^## ([A-Za-z0-9 -]+)$", text, re.M)}
    linked = {rule["annotations"]["runbook_url"] for rule in _rules() if "alert" in rule}
    assert linked == {f"RUNBOOK.md#{one}" for one in anchors}
    assert set(re.findall(r"\]\(#([a-z-]+)\)", text)) <= anchors


def test_the_rules_own_tests_expect_what_the_rules_say() -> None:
    rules = {rule["alert"]: rule for rule in _rules() if "alert" in rule}
    assert TESTS["rule_files"] == ["alerts.yaml"]
    for case in TESTS["tests"]:
        for series in case["input_series"]:
            assert _asked(series["series"]) <= names() | OF_PROMETHEUS
        for expected in case["alert_rule_test"]:
            rule = rules[expected["alertname"]]
            for alert in expected["exp_alerts"]:
                assert alert["exp_labels"]["severity"] == rule["labels"]["severity"]
                assert set(alert["exp_annotations"]) == set(rule["annotations"])
                assert alert["exp_annotations"]["runbook_url"] == rule["annotations"]["runbook_url"]


def test_prometheus_reads_every_process_of_compose_at_its_port() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())
    port = int(COMPOSE["x-app"]["environment"]["METRICS_PORT"])
    read: set[str] = set()
    for job in config["scrape_configs"]:
        for found in job.get("dns_sd_configs", []):
            assert found["port"] == port
            read |= set(found["names"])
    ours = {name for name, one in COMPOSE["services"].items() if one.get("image", "").startswith("wrapup-")}
    assert read == ours - {"migrate"}
    jobs = {one["job_name"] for one in config["scrape_configs"]}
    named = {name for _, query in _queries() for name in re.findall(r'job=~?"([^"]*)"', query)}
    assert {one for some in named for one in some.split("|")} <= jobs


@pytest.mark.parametrize("name", ["prometheus", "grafana"])
def test_what_watches_is_as_locked_up_as_the_rest(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["profiles"] == ["observability"]
    assert re.fullmatch(r"[a-z]+/[a-z]+:v?\d+\.\d+\.\d+", service["image"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not service["user"].startswith(("0", "root"))
    for volume in service["volumes"]:
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] or ((ROOT / source).exists() and volume.endswith(":ro")), volume


def test_nobody_looks_without_a_password_and_none_stands_in_a_file() -> None:
    environment = COMPOSE["services"]["grafana"]["environment"]
    assert environment["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert environment["GF_SECURITY_ADMIN_PASSWORD"] == "${GRAFANA_PASSWORD:-}"
    assert "is not set" in COMPOSE["services"]["grafana"]["entrypoint"][-1]
    assert "ports" not in COMPOSE["services"]["prometheus"]
    for path in (*DEPLOY.glob("*.y*ml"), *(DEPLOY / "config").iterdir(), *(DEPLOY / "grafana").rglob("*.*")):
        assert not re.search(r"(password|secret|token|api_key)\s*[:=]\s*\S", path.read_text(), re.I), path

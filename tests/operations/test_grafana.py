"""The dashboard shows nothing that the server does not measure."""

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from prometheus_client import REGISTRY

from plandex_server.observe import metrics
from plandex_server.operations.exposition import Whole

DASHBOARD: dict[str, Any] = json.loads(
    (Path(settings.BASE_DIR) / "deploy/grafana/plandex.json").read_text()
)
NAME = re.compile(r"\b(?:plandex|process)_[a-z_]+\b")
SUFFIXES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_sum", "_count"),
    "gauge": ("",),
}


def queries() -> list[str]:
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]


def measured() -> dict[str, set[str]]:
    """Every name that a query may use, with its labels."""
    assert metrics.REQUESTS
    found: dict[str, set[str]] = {}
    for registry in (REGISTRY, Whole().registry):
        for collector in list(registry._collector_to_names):
            labels = set(getattr(collector, "_labelnames", ())) | {"le", "instance"}
            for family in collector.collect():
                for suffix in SUFFIXES.get(family.type, ("",)):
                    found[family.name + suffix] = labels
    return found


def test_every_query_names_what_is_measured() -> None:
    known = measured()
    for query in queries():
        names = set(NAME.findall(query))
        assert names, query
        assert names <= known.keys(), query


def test_every_grouping_is_by_a_label_that_is_there() -> None:
    known = measured()
    for query in queries():
        labels = set.intersection(*(known[name] for name in NAME.findall(query)))
        for group in re.findall(r"by \(([a-z, ]+)\)", query):
            assert {label.strip() for label in group.split(",")} <= labels, query
        assert set(re.findall(r"[{,](\w+)=~?\"", query)) <= labels, query


def test_every_metric_of_ours_is_shown() -> None:
    shown = {name for query in queries() for name in NAME.findall(query)}
    ours = {
        family.name
        for registry in (REGISTRY, Whole().registry)
        for family in registry.collect()
        if family.name.startswith("plandex_")
    }
    missing = {name for name in ours if not any(seen.startswith(name) for seen in shown)}
    assert missing == {"plandex_info", "plandex_runs_started"}


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells

"""The files of `deploy/`: they name variables, commands and addresses that exist."""

import configparser
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
SETTINGS = (ROOT / "plandex_server/settings/base.py").read_text()
READ = set(re.findall(r'env_\w+\(\s*"([A-Z_0-9]+)"', SETTINGS))
FILES = {f"{name}_FILE" for name in re.findall(r'env_secrets?\("([A-Z_]+)"\)', SETTINGS)}
# Of Python, the shell, systemd and the images of others.
FOREIGN = {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PATH"}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: one for name, one in COMPOSE["services"].items() if "build" in one}
MANIFESTS: list[dict[str, Any]] = [
    each
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for each in yaml.safe_load_all(path.read_text())
]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def assert_known(names: set[str]) -> None:
    assert names <= READ | FILES | FOREIGN, names - READ - FILES - FOREIGN


def assert_command(words: list[str]) -> None:
    """`… manage.py COMMAND …`"""
    assert words[words.index("manage.py") + 1] in get_commands(), words


# -- image and compose ------------------------------------------------------------------------


def test_the_image_runs_as_an_ordinary_user_and_is_watched() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "USER 10001:10001" in text and "HEALTHCHECK" in text
    assert_known(set(re.findall(r"\b([A-Z_]+)=", text.split("\nENV ")[1].split("\nUSER")[0])))
    # Packages need the folders that are called `test`: Django's own is one.
    assert "-name test" not in text
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", "data", "deploy/secrets"} <= set(ignored)


def test_compose_has_two_of_each() -> None:
    webs = [name for name in OURS if name.startswith("web")]
    assert len(webs) == 2
    assert OURS["worker"]["deploy"]["replicas"] == 2
    proxied = (DEPLOY / "nginx/compose.conf").read_text()
    assert all(f"server {web}:8099" in proxied for web in webs)


def test_compose_pins_and_watches_everything() -> None:
    for name, service in COMPOSE["services"].items():
        if name in OURS:
            continue  # the image's own check
        assert re.fullmatch(r"\w+:\d+\.\d+(\.\d+)?-\w+[\d.]*", service["image"]), name
        assert service["healthcheck"]["test"], name
    for name, service in OURS.items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert_command(service["command"])


def test_compose_keeps_secrets_in_files() -> None:
    made = set(re.findall(r"\bkeep (\w+)", (DEPLOY / "make-secrets.sh").read_text()))
    made |= set("secret_key seal_keys admin_password metrics_token".split())
    assert COMPOSE["secrets"].keys() == made - {"name"}
    for name, service in OURS.items():
        environment = service["environment"]
        assert_known(set(environment))
        held = {f"/run/secrets/{secret}" for secret in service["secrets"]}
        assert {value for key, value in environment.items() if key.endswith("_FILE")} == held, name


# -- nginx ------------------------------------------------------------------------------------


def test_the_proxy_holds_no_stream_back_and_believes_no_client() -> None:
    text = (DEPLOY / "nginx/plandex.conf").read_text()
    for line in (
        "proxy_buffering off;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "location = /metrics { return 404; }",
    ):
        assert line in text


# -- systemd ----------------------------------------------------------------------------------


def unit(path: Path) -> Iterator[tuple[str, str, str]]:
    """Section, name and value of every line."""
    section = ""
    for line in path.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield section, name, value


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units(path: Path) -> None:
    lines = list(unit(path))
    assert {section for section, _, _ in lines} <= {"Unit", "Service", "Install"}
    for _, name, value in lines:
        if name == "Environment":
            assert_known({pair.partition("=")[0] for pair in value.split()})
        if name == "ExecStart":
            assert_command(re.sub(r"['\"]", " ", value).split())
    values = {name: value for _, name, value in lines}
    assert values["ProtectSystem"] == "strict" and values["NoNewPrivileges"] == "yes"


def test_the_target_wants_units_that_are_there() -> None:
    wanted = dict((name, value) for _, name, value in unit(DEPLOY / "systemd/plandex.target"))
    present = {path.name for path in (DEPLOY / "systemd").iterdir()}
    for name in wanted["Wants"].split():
        assert re.sub(r"@\d+", "@", name) in present
    parser = configparser.ConfigParser()
    example = (DEPLOY / "systemd/plandex.env.example").read_text()
    parser.read_string("[all]\n" + example, "plandex.env.example")
    assert_known({name.upper() for name in parser["all"]})


# -- Kubernetes -------------------------------------------------------------------------------


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for manifest in MANIFESTS:
        spec = manifest.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if manifest["kind"] in ("Deployment", "Job", "CronJob"):
            yield manifest["metadata"]["name"], spec["template"]["spec"]


def one(kind: str, name: str) -> dict[str, Any]:
    (found,) = [
        each for each in MANIFESTS if each["kind"] == kind and each["metadata"]["name"] == name
    ]
    return found


@pytest.mark.parametrize(("name", "pod"), list(pods()), ids=lambda value: str(value)[:10])
def test_pods_are_confined_and_find_what_they_name(name: str, pod: dict[str, Any]) -> None:
    secret = set(one("Secret", "plandex")["stringData"])
    assert_known(set(one("ConfigMap", "plandex")["data"]))
    assert pod["securityContext"]["runAsNonRoot"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    for container in pod["containers"]:
        assert container["securityContext"]["readOnlyRootFilesystem"], name
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes
        assert_known({variable["name"] for variable in container["env"]})
        for variable in container["env"]:
            if variable["name"].endswith("_FILE"):
                assert variable["value"].removeprefix("/secrets/") in secret
        words = " ".join([*container["command"], *container["args"]]).split()
        assert_command(words)
        ports = {port["name"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if probe in container:
                assert container[probe]["httpGet"]["port"] in ports


def test_the_kustomization_lists_every_manifest_but_the_secret() -> None:
    (listing,) = [each for each in MANIFESTS if each["kind"] == "Kustomization"]
    files = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")}
    assert set(listing["resources"]) == files - {"kustomization.yaml", "secret.example.yaml"}


def test_what_selects_finds_pods() -> None:
    labels = [
        each["spec"]["template"]["metadata"]["labels"]
        for each in MANIFESTS
        if each["kind"] == "Deployment"
    ]
    for manifest in MANIFESTS:
        if manifest["kind"] in ("Service", "PodDisruptionBudget"):
            selector = manifest["spec"]["selector"]
            wanted = selector.get("matchLabels", selector)
            assert any(wanted.items() <= each.items() for each in labels), manifest["metadata"]

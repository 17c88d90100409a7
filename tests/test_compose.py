"""docker-compose.yml and the Dockerfile, as far as they can be judged without a Docker engine."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.servers.bridge import Bridge
from tests.servers.process import Process, running, wait_until

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
BRIDGE = {name: it for name, it in SERVICES.items() if it["image"].startswith("bbic-bridge:")}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
EXACT = re.compile(r"[\w./-]+:v?\d+\.\d+(?:\.\d+)?(?:-[\w.]+)*")

every_service = pytest.mark.parametrize("name", SERVICES)


def one_shot(service: dict[str, Any]) -> bool:
    return service.get("restart") == "no"


def secret_sources(service: dict[str, Any]) -> set[str]:
    return {s if isinstance(s, str) else s["source"] for s in service.get("secrets", [])}


def test_the_parts_of_a_real_installation_are_there() -> None:
    parts = {"postgres", "redis", "migrate", "receivers", "worker", "beat", "sandbox"}
    assert set(SERVICES) == parts


@every_service
def test_images_are_pinned(name: str) -> None:
    assert EXACT.fullmatch(SERVICES[name]["image"])


@every_service
def test_whoever_serves_is_watched_and_restarted(name: str) -> None:
    service = SERVICES[name]
    assert one_shot(service) or {"test", "interval", "timeout", "retries"} <= set(
        service["healthcheck"]
    )
    assert one_shot(service) or service["restart"] == "unless-stopped"


@every_service
def test_nobody_runs_as_root_or_can_write_outside_its_volumes(name: str) -> None:
    service = SERVICES[name]
    assert service["user"].split(":")[0] not in ("", "0", "root")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@every_service
def test_secrets_are_files_and_never_stand_in_the_environment(name: str) -> None:
    service = SERVICES[name]
    declared = COMPOSE["secrets"]
    assert secret_sources(service) <= set(declared)
    assert all(declared[s]["file"].startswith("./secrets/") for s in secret_sources(service))
    for variable, value in service.get("environment", {}).items():
        if re.search("PASSWORD|SECRET|TOKEN|KEY|_URL", variable):
            assert variable.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in secret_sources(service)


def test_no_secret_is_declared_that_nobody_reads() -> None:
    assert set(COMPOSE["secrets"]) == set().union(*map(secret_sources, SERVICES.values()))


@every_service
def test_whom_it_depends_on_can_be_waited_for(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        awaited = (
            "service_completed_successfully" if one_shot(SERVICES[other]) else "service_healthy"
        )
        assert how == {"condition": awaited}


@every_service
def test_volumes_and_networks_are_declared(name: str) -> None:
    service = SERVICES[name]
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    named = {v.split(":")[0] for v in service.get("volumes", []) if not v.startswith(".")}
    assert named <= set(COMPOSE["volumes"])


def test_only_the_receivers_can_be_reached_and_only_from_this_machine() -> None:
    published = {name: it["ports"] for name, it in SERVICES.items() if "ports" in it}
    assert published == {"receivers": ["127.0.0.1:8800:8800"]}
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", BRIDGE)
def test_commands_are_commands_of_bbic_bridge(name: str) -> None:
    command = [sys.executable, "-m", "bbic_bridge.cli", *BRIDGE[name]["command"], "--help"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: bbic-bridge {BRIDGE[name]['command'][0]} ")


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_the_health_check_passes_while_that_part_is_at_work_and_fails_without(
    bridge: Bridge, name: str, redis_url: str
) -> None:
    kind, *check = SERVICES[name]["healthcheck"]["test"]
    assert kind == "CMD"
    environment = {
        **os.environ,
        "BBIC_CONFIG": str(bridge.config.path),
        "BBIC_BROKER_URL": redis_url,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }

    def is_well() -> bool:
        return subprocess.run(check, check=False, env=environment).returncode == 0

    bridge.cli("migrate")
    assert not is_well()
    command = [sys.executable, "-m", "bbic_bridge.cli", name]
    with running(Process(name, command, bridge.folder / "part.log", env=environment)):
        wait_until(is_well, within=60, what=f"{name} at work")


def test_the_sandbox_runs_only_when_asked_for() -> None:
    assert {name for name, it in SERVICES.items() if "profiles" in it} == {"sandbox"}


def test_the_image_is_built_from_pinned_bases_and_locked_packages() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert bases
    assert all(EXACT.fullmatch(base) for base in bases)
    installs = re.findall(r"pip install(.*?)(?:\\?\n|&&)", DOCKERFILE)
    assert installs
    assert all("--require-hashes" in i or "--no-deps --no-index" in i for i in installs)


def test_the_image_runs_as_a_numbered_user_that_is_not_root() -> None:
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    users = re.findall(r"^USER (\d+):(\d+)$", last_stage, re.MULTILINE)
    assert users
    assert all(int(uid) >= 10_000 for uid, _ in users)


def test_what_the_image_copies_is_let_through_to_the_build() -> None:
    sources = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    allowed = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    for source in " ".join(sources).split():
        assert (ROOT / source).exists()
        assert source.split("/")[0] in allowed

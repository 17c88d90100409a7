"""`doctor`: each thing that can be wrong is found, with what to do about it."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.mappings.engine import shipped
from tests.cli.conftest import Cli
from tests.servers.ports import free_port


@contextmanager
def vendor(ahead: timedelta = timedelta()) -> Iterator[str]:
    """Somebody who answers, with a clock that may be wrong."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(404)
            self.send_header("Date", format_datetime(datetime.now(UTC) + ahead, usegmt=True))
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def point_at(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Points every address of the defaults at one place."""

    def point(address: str) -> None:
        for kommun in ("MALMO", "EXEMPEL"):
            monkeypatch.setenv(f"BBIC_KOMMUN__{kommun}__READ_URL", address)
            monkeypatch.setenv(f"BBIC_KOMMUN__{kommun}__WRITE_URL", address)
        monkeypatch.setenv("BBIC_CALLBACK__URL", f"{address}/events")

    return point


def levels(cli: Cli, code: int) -> dict[str, str]:
    outcome = cli("doctor", "--json")
    assert outcome.code == code, outcome.out
    for check in outcome.document:
        assert check["todo"] or check["level"] == "ok", check
    return {check["what"]: check["level"] for check in outcome.document}


def test_all_is_well_but_that_nothing_runs(cli: Cli, point_at: Any) -> None:
    cli("migrate")
    with vendor() as address:
        point_at(address)
        found = levels(cli, 0)
    assert {what for what, level in found.items() if level != "ok"} == {"broker"}
    assert found["broker"] == "warn"
    assert {"configuration", "keys", "secrets", "database", "clock"} <= found.keys()
    assert {"malmo: profile", "malmo: writing", "exempel: profile", "workflow"} <= found.keys()
    assert found["malmo: examples"] == found["exempel: examples"] == "ok"


def test_a_vendor_that_does_not_answer_fails(cli: Cli, point_at: Any) -> None:
    cli("migrate")
    point_at(f"http://127.0.0.1:{free_port()}")
    found = levels(cli, 1)
    assert found["malmo: writing"] == found["exempel: writing"] == found["workflow"] == "fail"


def test_a_clock_that_nobody_shares_fails(cli: Cli, point_at: Any) -> None:
    cli("migrate")
    with vendor(ahead=timedelta(minutes=10)) as address:
        point_at(address)
        assert levels(cli, 1)["clock"] == "fail"


def test_a_database_without_the_schema_fails(cli: Cli) -> None:
    assert levels(cli, 1)["database"] == "fail"


def test_a_database_that_cannot_be_reached_fails(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/x"
    monkeypatch.setenv("BBIC_DATABASE_URL", url)
    assert levels(cli, 1)["database"] == "fail"


def test_a_broker_is_asked(cli: Cli, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BBIC_BROKER_URL", redis_url)
    assert levels(cli, 1)["broker"] == "ok"
    monkeypatch.setenv("BBIC_BROKER_URL", f"redis://127.0.0.1:{free_port()}/0")
    assert levels(cli, 1)["broker"] == "fail"


def test_a_key_that_is_none_fails(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BBIC_MASTER_KEY", "hemligt")
    outcome = cli("doctor")
    assert outcome.code == 1
    assert "hemligt" not in outcome.out


def test_a_signing_secret_that_is_none_fails(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BBIC_CALLBACK__SECRET", "hemligt")
    cli("init", "--with-sandbox")
    text = Path("bridge.toml").read_text().replace("secret_file", "#secret_file")
    Path("bridge.toml").write_text(text)
    assert levels(cli, 1)["secrets"] == "fail"


def test_a_secret_in_two_places_fails_as_the_receivers_would(cli: Cli) -> None:
    cli("init", "--with-sandbox")
    one, other = (Path(f"secrets/{name}_webhook_secret") for name in ("malmo", "exempel"))
    one.write_text(other.read_text())
    outcome = cli("doctor", "--json")
    (told,) = (check["found"] for check in outcome.document if check["what"] == "secrets")
    assert told == "settings kommun.malmo and kommun.exempel: the same secret"


def test_a_secret_that_others_can_read_is_a_warning(cli: Cli) -> None:
    cli("init", "--with-sandbox")
    Path("secrets/admin_token").chmod(0o644)
    outcome = cli("doctor")
    assert "warn\tsecret admin_token\tothers can read it (mode 644)\tchmod 600" in outcome.out


def test_a_profile_that_is_not_there_fails(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BBIC_KOMMUN__MALMO__PROFILE", "our/own")
    found = levels(cli, 1)
    assert (found["malmo: profile"], found["exempel: profile"]) == ("fail", "ok")


def test_the_example_pairs_of_a_kommun_s_own_profile_are_tried(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BBIC_KOMMUN__EXEMPEL__PROFILE", "exempel")
    own = folder / "profiles" / "exempel"
    shutil.copytree(shipped()["treserva/standard"], own)
    assert levels(cli, 1)["exempel: examples"] == "ok"
    example = own / "examples" / "fel.json"
    example.write_text(json.dumps(json.loads(example.read_text()) | {"text": "Kim Exempel"}))
    failed = [c for c in cli("doctor", "--json").document if c["what"] == "exempel: examples"]
    assert [(check["level"], check["found"]) for check in failed] == [
        ("fail", "exempel/examples/fel.xml: <Fel/Text>: is not what the JSON builds"),
        ("fail", "exempel/examples/fel.json: field text: is not what the XML says"),
    ]
    example.unlink()
    (own / "examples" / "fel.xml").unlink()
    assert levels(cli, 1)["exempel: examples"] == "warn"


def test_a_wrong_configuration_is_a_failed_check(cli: Cli, folder: Path) -> None:
    (folder / "bridge.toml").write_text("nonsense = 1\n")
    outcome = cli("doctor", "--json")
    assert outcome.code == 1
    (check,) = outcome.document
    assert (check["what"], check["level"]) == ("configuration", "fail")
    assert "nonsense" in check["found"]

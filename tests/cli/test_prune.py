"""`prune` and `case hold` as an operator meets them; and beat, which prunes by itself."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bbic_bridge.bootstrap import bootstrap, utc_now
from bbic_bridge.cli.prune import NOTHING_KEPT_SHORT
from tests.cli.conftest import Cli, Office
from tests.handbook.minsta import handelse

CASE = str(handelse("beslut.fattat")["subject"])
LONG_AGO = utc_now() - timedelta(days=40)


@pytest.fixture
def kept_30_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BBIC_RETENTION__PAYLOAD_DAYS", "30")


@pytest.fixture
def old_case(office: Office, kept_30_days: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A case in which nothing has happened for 40 days."""
    with monkeypatch.context() as then:
        then.setitem(bootstrap.__kwdefaults__ or {}, "clock", lambda: LONG_AGO)
        office.send(handelse("beslut.fattat"))
        office.work(lambda: LONG_AGO)
    return office


def test_what_is_listed_goes_and_is_said_to_be_gone(old_case: Office) -> None:
    delivery = old_case.delivery("registrera_beslut")["id"]
    listed = old_case.cli("prune", "--dry-run", "--json").lines
    assert [(one["kommun"], one["arende"], one["tier"]) for one in listed] == [
        ("malmo", CASE, "payloads")
    ]
    assert old_case.cli("prune", "--json").lines == listed
    assert old_case.cli("prune", "--json").lines == []
    shown = old_case.cli("deliveries", "show", delivery)
    assert "The payload has been pruned, and what the vendor answered." in shown.out
    assert old_case.cli("deliveries", "show", delivery, "--json").document["pruned"] is True
    assert "Payloads were pruned " in old_case.cli("case", "show", CASE).out
    replayed = old_case.cli("replay", delivery)
    assert "the payload has been pruned" in replayed.out


def test_totals_are_told_by_kommun_and_table(old_case: Office) -> None:
    told = old_case.cli("prune", "--dry-run").out.splitlines()
    assert told[0] == "kommun\tcase\twhat\tcounts"
    assert "malmo\tpayloads\tevents\t1" in told


def test_a_case_that_is_held_stays(old_case: Office) -> None:
    assert old_case.cli("case", "hold", CASE, "--reason", "IVO").code == 0
    assert old_case.cli("case", "hold", CASE, "--reason", "IVO").code == 1
    assert old_case.cli("prune", "--json").lines == []
    assert old_case.cli("case", "release", CASE, "--reason", "klart").code == 0
    assert len(old_case.cli("prune", "--json").lines) == 1


@pytest.mark.parametrize("words", [("A-unknown",), (CASE, "--kommun", "lund")])
def test_a_case_that_is_not_there_is_told(office: Office, words: tuple[str, ...]) -> None:
    office.send(handelse("beslut.fattat"))
    assert office.cli("case", "hold", *words, "--reason", "-").code == 2


def test_without_configuration_nothing_goes_and_that_is_said(cli: Cli) -> None:
    told = cli("prune")
    assert (told.code, told.err.strip()) == (0, NOTHING_KEPT_SHORT)


def test_rows_may_not_go_before_payloads(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BBIC_RETENTION__ROW_DAYS", "10")
    refused = cli("prune")
    assert refused.code == 2
    assert "row_days may not be less than payload_days" in refused.err


@pytest.mark.parametrize("days", ["", "30"])
def test_beat_prunes_where_it_is_configured(folder: Path, days: str) -> None:
    program = (
        "import json; from bbic_bridge.workers import app; "
        "print(json.dumps(sorted(app.conf.beat_schedule)))"
    )
    configured = {"BBIC_BROKER_URL": "redis://127.0.0.1:1/0"}
    configured |= {"BBIC_RETENTION__PAYLOAD_DAYS": days} if days else {}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | configured,
        check=True,
        capture_output=True,
        text=True,
    )
    assert ("prune" in json.loads(done.stdout)) is bool(days)

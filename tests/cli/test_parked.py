"""What the vendors tell and cannot be read is seen: `sync`, `sync --parked`, `status`, `doctor`."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import respx
import time_machine

from tests.cli.conftest import Cli

API = "http://treserva.test/api"
NS = "urn:bbic-bridge:treserva:1"
WHERE = "profile treserva/standard, message andring, field kind"
NUMBER = "201801052398"


def change(number: int, handelse: str = "resurs.ny") -> str:
    return (
        f'<Andring andringsId="{number}" id="R-{number}" tid="2026-09-16T13:05:00Z" '
        f'handelse="{handelse}"><NyResurs resursId="R-{number}"/></Andring>'
    )


@pytest.fixture
def feed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Treserva's feed, to be answered for."""
    cli("init", "--with-sandbox")
    for way in ("READ_URL", "WRITE_URL"):
        monkeypatch.setenv(f"BBIC_KOMMUN__EXEMPEL__{way}", API)
    with respx.mock(assert_all_called=False) as router:
        yield router.get(f"{API}/andringar")


def tells(feed: Any, *changes: str, more: str = "") -> None:
    page = f'<Andringar xmlns="{NS}" nasta="9" fler="N">{"".join(changes)}{more}</Andringar>'
    feed.respond(200, text=page)


def fetch(cli: Cli, *more: str) -> Any:
    return cli("sync", "--once", "--kommun", "exempel", *more)


def sync_check(cli: Cli) -> tuple[str, str]:
    """What doctor says of the changes of the kommun."""
    outcome = cli("doctor", "--json")
    (check,) = [one for one in outcome.document if one["what"] == "exempel: changes"]
    assert outcome.code == 1  # no vendor answers here, whatever becomes of the changes
    return check["level"], check["found"]


def test_all_is_well(cli: Cli, feed: Any) -> None:
    tells(feed, change(1))
    assert fetch(cli).code == 0
    status = cli("status", "--json")
    assert (status.code, status.document["parked_changes"]) == (0, {"malmo": 0, "exempel": 0})
    assert status.document["sync_problems"] == []
    assert list(status.document["sync_lag_s"]) == ["exempel"]
    assert cli("sync", "--parked", "--json").lines == []
    assert sync_check(cli)[0] == "ok"


def test_a_row_that_cannot_be_read_is_told_listed_and_fails_the_checks(cli: Cli, feed: Any) -> None:
    tells(feed, change(1), change(2, f"okand.{NUMBER}"), change(3))
    first = fetch(cli)
    assert first.code == 1
    summary, problem = first.out.splitlines()
    assert summary == "exempel: 3 read, 2 new, 0 our own, 0 known, 0 held back, 1 parked"
    assert problem.strip().startswith(f"andringar: breaks_contract: {WHERE}")

    (row,) = cli("sync", "--parked", "--json").lines
    assert row.pop("since")
    assert row.pop("where").startswith(WHERE)
    assert row == {
        "kommun": "exempel",
        "system": "treserva",
        "id": "andring:2",
        "kind": "",
        "stream": "andringar",
        "code": "breaks_contract",
    }
    table = cli("sync", "--parked", "--kommun", "exempel")
    assert table.out.splitlines()[1].startswith("exempel\ttreserva\tandring:2\tunknown\tandringar")
    assert len(cli("sync", "--parked", "--kommun", "malmo").out.splitlines()) == 1

    status = cli("status")
    assert status.code == 1
    assert "1 changes of exempel could not be read: `bbic-bridge sync --parked`." in status.out
    assert cli("status", "--json").document["parked_changes"]["exempel"] == 1
    level, found = sync_check(cli)
    assert (level, found.startswith("andringar: 1 parked, breaks_contract: " + WHERE)) == (
        "fail",
        True,
    )
    for outcome in (first, table, status):
        assert NUMBER not in outcome.out + outcome.err

    again = fetch(cli, "--json")
    assert (again.code, again.lines[0]["parked"], again.lines[0]["problems"]) == (0, 0, [])


def test_a_stream_that_fails_names_the_place_until_it_is_read_again(cli: Cli, feed: Any) -> None:
    tells(feed, change(1), more="<Skrap/>")
    failed = fetch(cli, "--json")
    assert failed.code == 1
    (problem,) = failed.lines[0]["problems"]
    assert (problem["stream"], problem["code"]) == ("andringar", "breaks_contract")
    where = "profile treserva/standard, message andringar, field <Skrap>"
    assert problem["where"].startswith(where)

    status = cli("status", "--json")
    (kept,) = status.document["sync_problems"]
    assert (status.code, kept["where"]) == (1, problem["where"])
    assert f"exempel: andringar: breaks_contract: {where}" in cli("status").out
    level, found = sync_check(cli)
    assert (level, found.startswith(f"andringar: breaks_contract: {where}")) == ("fail", True)

    tells(feed, change(1))
    assert fetch(cli).code == 0
    assert cli("status").code == 0


def test_a_vendor_that_has_never_answered_shows(cli: Cli, feed: Any) -> None:
    feed.respond(503)
    assert fetch(cli).code == 1
    (problem,) = cli("status", "--json").document["sync_problems"]
    assert (problem["code"], problem["system"]) == ("http_503", "treserva")
    assert problem["since"]


def test_what_has_not_been_fetched_for_five_intervals_is_late(cli: Cli, feed: Any) -> None:
    tells(feed)
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False) as now:
        fetch(cli)
        now.shift(timedelta(seconds=300))
        assert cli("status").code == 0
        now.shift(timedelta(seconds=1))
        late = cli("status", "--json")
        level, found = sync_check(cli)
    assert (late.code, late.document["sync_lag_s"]) == (1, {"exempel": 301.0})
    assert (level, found.startswith("andringar: late")) == ("fail", True)


def test_what_a_person_has_dealt_with_is_given_up_and_not_parked_again(cli: Cli, feed: Any) -> None:
    tells(feed, change(2, "okand"))
    fetch(cli)
    assert cli("sync", "--give-up", "andring:2").code == 2
    assert cli("sync", "--give-up", "andring:2", "--reason", " ").code == 2
    assert cli("sync", "--give-up", "andring:3", "--reason", "känd").code == 2
    assert cli("sync", "--give-up", "andring:2", "--reason", "x", "--kommun", "malmo").code == 2
    assert cli("status").code == 1
    done = cli("sync", "--give-up", "andring:2", "--reason", "införd för hand")
    assert (done.code, done.out) == (0, "andring:2 of exempel is given up.\n")
    again = fetch(cli, "--json")
    assert (again.code, again.lines[0]["parked"], again.lines[0]["known"]) == (0, 0, 1)
    assert cli("status").code == 0
    tells(feed, change(2, "annan"))
    assert fetch(cli).code == 1


def test_listing_fetches_nothing(cli: Cli, feed: Any) -> None:
    assert cli("sync", "--parked").code == 0
    assert not feed.called
    assert cli("sync", "--parked", "--once").code == 2

"""`deadlines`: what must be done by when, in all cases."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import time_machine

from tests.cli.conftest import Cli, Office
from tests.handbook.minsta import handelse

NUMBERS = count(1)
HEADING = "senast skede dagar+kvar frist vikt kommun ärende objekt met+by"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel("2026-05-16T09:00:00+02:00", tick=False):
        yield


def event(typ: str, arende: str, **data: Any) -> dict[str, Any]:
    return handelse(typ, **data) | {"id": f"E-{next(NUMBERS)}", "subject": arende}


@pytest.fixture
def cases(office: Office) -> Office:
    """A-1 is overdue since today, A-2 runs on, A-3 was executed in time."""
    office.send(
        event("beslut.fattat", "A-1", beslutsdatum="2026-02-15", insatstyp="hvb"),
        event("beslut.fattat", "A-2", beslutsdatum="2026-05-10", insatstyp="oppenvard"),
        event("beslut.fattat", "A-3", beslutsdatum="2026-03-01", insatstyp="oppenvard"),
        event("beslut.verkstall", "A-3", fran="2026-03-10", insatstyp="oppenvard"),
    )
    return office


def test_off_a_terminal_there_is_a_line_for_each_the_overdue_first(cases: Office) -> None:
    outcome = cases.cli("deadlines")
    heading, *lines = (line.split("\t") for line in outcome.out.splitlines())
    assert heading == [word.replace("+", " ") for word in HEADING.split()]
    what = ["Verkställighet av beslut", "lag", "malmo"]
    assert lines == [
        ["2026-05-15", "överskriden", "-1", *what, "A-1", "B1", ""],
        ["2026-08-10", "löper", "86", *what, "A-2", "B1", ""],
    ]
    assert outcome.code == 1


def test_all_shows_also_what_met_a_limit(cases: Office) -> None:
    *_, met = (line.split("\t") for line in cases.cli("deadlines", "--all").out.splitlines()[:-1])
    assert met[:3] == ["2026-06-01", "uppfylld", ""]
    day, row = met[-1].split()
    assert day == "2026-03-10"
    steps = cases.cli("case", "show", "A-3", "--json").document["steps"]
    assert row in {step["event_row"] for step in steps if step["name"].endswith("verkstall")}


@pytest.mark.parametrize(
    ("filters", "arenden", "code"),
    [
        (("--kommun", "malmo"), ["A-1", "A-2"], 1),
        (("--kommun", "exempel"), [], 0),
        (("--arende", "A-2"), ["A-2"], 0),
        (("--case", "A-1"), ["A-1"], 1),
        (("--kod", "ej_verkstallt"), ["A-1", "A-2"], 1),
        (("--kod", "uppfoljning", "--kod", "uppstartsmote"), [], 0),
        (("--skede", "overskriden"), ["A-1"], 1),
        (("--skede", "loper", "--skede", "uppfylld"), ["A-3", "A-2"], 0),
        (("--insatstyp", "hvb"), ["A-1"], 1),
        (("--insatstyp", "oppenvard"), ["A-2"], 0),
        (("--insatstyp", "oppenvard", "--all"), ["A-3", "A-2"], 0),
        (("--limit", "1"), ["A-1"], 1),
    ],
)
def test_filters_choose_and_only_what_they_choose_needs_a_person(
    cases: Office, filters: tuple[str, ...], arenden: list[str], code: int
) -> None:
    outcome = cases.cli("deadlines", "--json", *filters)
    assert [line["arende"] for line in outcome.lines] == arenden
    assert outcome.code == code


def test_json_tells_codes_dates_and_the_source(cases: Office) -> None:
    (line,) = cases.cli("deadlines", "--json", "--case", "A-1").lines
    assert line["kalla"].startswith("L: SoL 34 kap.")
    del line["kalla"]
    assert line == {
        "kommun": "malmo",
        "arende": "A-1",
        "kod": "ej_verkstallt",
        "namn": "Verkställighet av beslut",
        "steg": 8,
        "vikt": "lag",
        "objekt_id": "B1",
        "insatstyp": "hvb",
        "skede": "overskriden",
        "fran": "2026-02-15",
        "varna": "2026-04-15",
        "senast": "2026-05-15",
        "dagar_kvar": -1,
        "uppfylld": None,
        "uppfylld_av": None,
        "upphord": None,
    }


def test_a_list_that_is_cut_says_so(cases: Office) -> None:
    assert "more than 1" in cases.cli("deadlines", "--limit", 1).err
    assert not cases.cli("deadlines", "--limit", 2).err


@pytest.mark.parametrize(
    ("option", "given", "hint"),
    [
        ("--kod", "uppfoljningar", "uppfoljning"),
        ("--skede", "överskriden", "overskriden"),
        ("--insatstyp", "kontaktfamil", "kontaktfamilj"),
        ("--kommun", "atlantis", "malmo"),
    ],
)
def test_a_name_that_does_not_exist_is_wrong_use(
    cases: Office, option: str, given: str, hint: str
) -> None:
    outcome = cases.cli("deadlines", option, given)
    assert outcome.code == 2
    assert hint in outcome.err


def test_a_case_that_does_not_exist_is_told(cli: Cli) -> None:
    outcome = cli("deadlines", "--case", "A-7")
    assert (outcome.code, "no case A-7" in outcome.err) == (0, True)


def test_status_counts_the_overdue_and_needs_a_person(cases: Office) -> None:
    cases.work()
    outcome = cases.cli("status")
    assert "Overdue time limits: 1:" in outcome.out
    assert outcome.code == 1
    assert cases.cli("status", "--json").document["overdue"] == {"lag": 1, "ska": 0, "bor": 0}


def test_the_configuration_is_obeyed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BBIC_FRIST__EJ_VERKSTALLT__VARNA_DAGAR", "87")
    office.send(event("beslut.fattat", "A-1", beslutsdatum="2026-05-10"))
    assert [line["skede"] for line in office.cli("deadlines", "--json").lines] == ["narmar_sig"]
    monkeypatch.setenv("BBIC_FRIST__UPPFOLJNINGEN__VARNA_DAGAR", "1")
    outcome = office.cli("deadlines")
    assert (outcome.code, "no time limit uppfoljningen" in outcome.err) == (2, True)

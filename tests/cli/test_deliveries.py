"""`deliveries`, `case` and `status`: what an operator sees, and what stays masked."""

from datetime import UTC, datetime, timedelta
from functools import partial
from operator import add
from typing import Any

import click
import pytest

from bbic_bridge.bootstrap import bootstrap, no_wake
from bbic_bridge.cli.bridge import actor
from bbic_bridge.cli.configuration import configuration
from bbic_bridge.cli.filters import moment
from bbic_bridge.cli.output import LOCAL
from bbic_bridge.delivery.errors import Ambiguous
from bbic_bridge.store.audit import audit_of
from tests.cli.conftest import Office
from tests.handbook.minsta import handelse

ARENDE = handelse("beslut.fattat")["subject"]
NAME = handelse("beslut.fattat")["data"]["barn"]["namn"]
# Nothing of it deviates from the handbook: nobody is warned or told anything else.
BESLUT = handelse("beslut.fattat", insatstyp="hvb", beslutsunderlag_id="BU1")


@pytest.fixture
def stuck(office: Office) -> Office:
    """A beslut that the vendor refused, and a verkställighet that waits behind it."""
    office.refuse()
    later = {"id": "E-2", "time": "2026-11-20T13:00:00+01:00"}
    office.send(BESLUT, handelse("beslut.verkstall", insatstyp="hvb") | later)
    office.work()
    return office


def test_deliveries_are_listed_with_what_they_wait_for(stuck: Office) -> None:
    failed, waiting = stuck.deliveries()
    assert (failed["state"], failed["error_code"]) == ("failed", "EJ_TILLATET")
    assert failed["waiting_behind"] == 1
    assert waiting["state"] == "waiting"
    assert waiting["behind"] == failed["id"]
    assert waiting["waits_for"][0].startswith("beslut_registrerat:")


@pytest.mark.parametrize(
    ("filters", "operations"),
    [
        (("--state", "failed"), ["registrera_beslut"]),
        (("--state", "failed", "--state", "waiting"), ["registrera_beslut", "verkstall_beslut"]),
        (("--state", "verified"), []),
        (("--operation", "verkstall_beslut"), ["verkstall_beslut"]),
        (("--error", "EJ_TILLATET"), ["registrera_beslut"]),
        (("--error", "rejected"), ["registrera_beslut"]),
        (("--kommun", "exempel"), []),
        (("--system", "treserva"), []),
        (("--case", ARENDE), ["registrera_beslut", "verkstall_beslut"]),
        (("--case", "other"), []),
        (("--since", "1h"), ["registrera_beslut", "verkstall_beslut"]),
        (("--until", "1h"), []),
        (("--limit", "1"), ["registrera_beslut"]),
    ],
)
def test_filters_choose(stuck: Office, filters: tuple[str, ...], operations: list[str]) -> None:
    assert [found["operation"] for found in stuck.deliveries(*filters)] == operations


def test_off_a_terminal_there_is_a_line_for_each(stuck: Office) -> None:
    outcome = stuck.cli("deliveries", "list")
    heading, failed, waiting = (line.split("\t") for line in outcome.out.splitlines())
    assert heading[:2] == ["id", "state"]
    assert failed[1:5] == ["failed", "malmo", ARENDE, "registrera_beslut"]
    assert failed[-1] == "1 waiting"
    assert waiting[1] == "waiting"
    assert f"(behind {failed[0]})" in waiting[7]


def test_a_list_that_is_cut_says_so(stuck: Office) -> None:
    assert "more than 1" in stuck.cli("deliveries", "list", "--limit", 1).err
    assert not stuck.cli("deliveries", "list", "--limit", 2).err


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_one_delivery_is_shown_masked(stuck: Office, words: tuple[str, ...]) -> None:
    failed = stuck.delivery("registrera_beslut")
    outcome = stuck.cli("deliveries", "show", failed["id"], *words)
    assert outcome.code == 0
    assert "EJ_TILLATET" in outcome.out
    assert "beslut_id" in outcome.out
    assert NAME not in outcome.out
    assert "Kim Exempel" not in outcome.out


def test_look_ups_that_found_the_same_are_one_line(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BBIC_KOMMUN__MALMO__SETTLE_S", "3600")
    office.vendor.trouble.append((Ambiguous("timeout"), False))
    office.send(BESLUT)
    began = datetime.now(UTC)
    for minute in range(7):
        office.work(clock=partial(add, began, timedelta(minutes=minute)))
    shown = office.delivery("registrera_beslut")["id"]
    text = office.cli("deliveries", "show", shown).out.partition("try\teffect")[2]
    _, sent, looked_up = (line.split("\t") for line in text.splitlines())
    assert (sent[2], sent[5]) == ("send", "ambiguous timeout")
    assert looked_up[2] == "7 look-ups, not found"
    assert looked_up[3].startswith(f"{began.astimezone(LOCAL):%Y-%m-%d %H:%M:%S} to ")
    attempts = office.cli("deliveries", "show", shown, "--json").document["attempts"]
    assert [attempt["action"] for attempt in attempts] == ["send", *["look_up"] * 7]


def test_the_warnings_of_its_event_stand_with_a_delivery(office: Office) -> None:
    office.send(handelse("beslut.fattat"))
    made = office.delivery("registrera_beslut")["id"]
    told = office.cli("deliveries", "show", made, "--json").document["warnings"]
    assert [(one["kod"], one["vikt"], one["kalla"]) for one in told] == [
        ("beslut.till", "bor", "A:53"),
        ("beslut.underlag", "bor", "B:116"),
    ]
    shown = office.cli("deliveries", "show", made).out
    assert "beslut.underlag\tbor\t/data/beslutsunderlag_id: " in shown
    assert "(Beslutsunderlag, B:116, bor)" in shown
    assert "(Beslutsunderlag, B:116, bor)" in office.cli("case", "show", ARENDE).out


def test_revealing_needs_a_reason_and_is_audited(stuck: Office) -> None:
    failed = stuck.delivery("registrera_beslut")
    refused = stuck.cli("deliveries", "show", failed["id"], "--reveal")
    assert refused.code == 2
    assert NAME not in refused.out
    shown = stuck.cli(
        "deliveries", "show", failed["id"], "--reveal", "--reason", "felsökning", "--json"
    )
    assert shown.document["uppgift"]["barn"]["namn"] == NAME
    assert shown.document["attempts"][-1]["reason"] == "Kim Exempel får inte"
    (act,) = acts_on(failed["id"])
    assert act["action"] == "reveal"
    assert act["actor"] == actor()
    assert act["details"] == {"reason": "felsökning"}


def acts_on(subject: str) -> list[dict[str, Any]]:
    bridge = bootstrap(configuration(None).settings, wake=no_wake)
    try:
        with bridge.store.read() as tx:
            return audit_of(tx, subject)
    finally:
        bridge.close()


def test_what_is_not_there_is_wrong_use(office: Office) -> None:
    for words in (
        ("deliveries", "show", "X"),
        ("case", "show", "X"),
        ("cancel", "X", "--reason", "r"),
    ):
        outcome = office.cli(*words)
        assert outcome.code == 2
        assert "X" in outcome.err


def test_a_case_is_shown_with_what_is_open(stuck: Office) -> None:
    shown = stuck.cli("case", "show", ARENDE, "--json").document
    event, failed, *_ = shown["steps"]
    assert (event["kind"], failed["kind"]) == ("event", "delivery")
    assert failed["event_row"] == event["event_row"]
    assert failed["event_id"] == event["event_id"] == handelse("beslut.fattat")["id"]
    assert failed["waiting_behind"] == 1
    assert [one["state"] for one in shown["open_deliveries"]] == ["failed", "waiting"]
    text = stuck.cli("case", "show", ARENDE).out
    heading, _, first, second, *points, last = text.splitlines()
    assert any("Beslut är fattat" in point and "on its way" in point for point in points)
    assert heading == f"Case {ARENDE}, malmo"
    assert first.split("\t")[1:] == [
        *("beslut.fattat", "registrera_beslut", "failed"),
        *("rejected EJ_TILLATET; 1 waiting behind it", failed["delivery_id"]),
    ]
    assert f"waits for beslut_registrerat:B1 (behind {failed['delivery_id']})" in second
    assert last == "Open: 1 failed, 1 waiting."
    assert NAME not in text


def test_a_case_that_is_not_there_is_told_with_where_there_is_one(stuck: Office) -> None:
    def told(*words: str) -> str:
        outcome = stuck.cli("case", "show", *words)
        assert (outcome.code, outcome.out) == (2, "")
        return outcome.err

    assert told("A-404") == "Error: There is no case A-404.\n"
    nowhere = f"Error: There is no case {ARENDE} in exempel; there is in malmo.\n"
    assert told(ARENDE, "--kommun", "exempel") == nowhere
    assert "--kommun: there is no malmoe. Did you mean malmo?" in told(ARENDE, "--kommun", "malmoe")
    stuck.send(handelse("beslut.fattat") | {"id": "E-3", "kommun": "exempel"})
    twice = f"Error: Case {ARENDE} is in exempel and malmo: choose with --kommun.\n"
    assert told(ARENDE) == twice
    assert stuck.cli("case", "show", ARENDE, "--kommun", "malmo").code == 1


def test_status_needs_a_person_while_something_failed(stuck: Office) -> None:
    outcome = stuck.cli("status", "--json")
    assert outcome.code == 1
    assert outcome.document["deliveries"] == {"failed": 1, "waiting": 1}
    text = stuck.cli("status")
    assert text.code == 1
    assert "1 wait behind 1 that failed or need a person." in text.out


def test_status_of_an_idle_bridge_is_well(office: Office) -> None:
    outcome = office.cli("status")
    assert outcome.code == 0
    assert "0 events in 0 cases" in outcome.out
    assert "No worker is at work" in outcome.out
    assert office.cli("status", "--alive", "worker").code == 1


def test_a_time_is_a_moment_in_sweden_or_a_while_ago() -> None:
    winter = datetime(2026, 1, 2, 11, tzinfo=UTC)
    assert moment(None, None, "2026-01-02T12:00") == winter
    assert moment(None, None, "2026-01-02T12:00+01:00") == winter
    assert moment(None, None, "2026-07-01") == datetime(2026, 6, 30, 22, tzinfo=UTC)
    ago = moment(None, None, "90m")
    assert ago is not None
    assert timedelta(minutes=89) < datetime.now(UTC) - ago < timedelta(minutes=91)
    assert moment(None, None, None) is None


@pytest.mark.parametrize("text", ["igår", "", "5", "h", "2026-13-01", "٣d", "99999999999d"])
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time"):
        moment(None, None, text)

"""`evb`: the draft on ej verkställda beslut as an operator meets it."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from bbic_bridge.bootstrap import bootstrap, no_wake
from bbic_bridge.cli.configuration import configuration
from bbic_bridge.cli.evb_draft import TO_FILL_IN
from bbic_bridge.store.audit import audit_of
from tests.cli.conftest import Office, Outcome
from tests.handbook.minsta import BARN, FORALDER, handelse

WORDS = "=Familjen Berg flyttade; avtalet sades upp."
NUMBERS = iter(range(1, 10_000))


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel("2026-10-15T09:00:00+02:00", tick=False):
        yield


def event(typ: str, arende: str, **data: Any) -> dict[str, Any]:
    return handelse(typ, **data) | {"id": f"E-{next(NUMBERS)}", "subject": arende}


def decided(arende: str, dag: str, **data: Any) -> dict[str, Any]:
    return event("beslut.fattat", arende, beslutsdatum=dag, fran=dag, **data)


def executed(arende: str, fran: str, **data: Any) -> dict[str, Any]:
    return event("beslut.verkstall", arende, fran=fran, **data)


@pytest.fixture
def late(office: Office) -> Office:
    """Three cases to report for 2026Q3: one that waits, one interrupted, one executed too late."""
    office.send(
        decided("A-1", "2026-02-10", insatstyp="hvb"),
        decided("A-2", "2026-01-10"),
        executed("A-2", "2026-02-01"),
        event("beslut.avbrott", "A-2", datum="2026-05-01", orsak=WORDS),
        decided("A-3", "2026-03-01"),
        executed("A-3", "2026-07-15"),
        decided("A-4", "2026-03-01"),
        executed("A-4", "2026-03-15"),
    )
    return office


def table(outcome: Outcome, second: str) -> list[dict[str, str]]:
    """The rows of the table whose second column is called so."""
    lines = [line.split("\t") for line in outcome.out.splitlines()]
    (start,) = [number for number, line in enumerate(lines) if line[1:2] == [second]]
    found = []
    for line in lines[start + 1 :]:
        if len(line) != len(lines[start]):
            break
        found.append(dict(zip(lines[start], line, strict=True)))
    return found


def sheet_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_the_draft_says_what_it_is_and_what_a_person_must_fill_in(late: Office) -> None:
    outcome = late.cli("evb")
    assert outcome.out.startswith("UTKAST. Ej verkställda beslut 2026Q3 (2026-07-01 - 2026-09-30)")
    assert all(what in outcome.out for what in TO_FILL_IN)


def test_the_list_shows_each_decision_and_masks_people_s_words(late: Office) -> None:
    outcome = late.cli("evb", "--quarter", "2026Q3", "--list")
    first, second, third = table(outcome, "ärende")
    assert (first["ärende"], first["insats"], first["status"]) == ("A-1", "HVB", "ej verkställt")
    assert (first["beslutsdatum"], first["dagar"]) == ("2026-02-10", "232")
    assert (first["skäl"], first["bekräftat"]) == ("anges av handläggare", "")
    assert (second["avbrott"], second["skäl"]) == ("2026-05-01", "avbrott 2026-05-01: •••")
    assert (third["status"], third["verkställt"]) == ("verkställt för sent", "2026-07-15")
    assert third["bekräftat"] == "nej"
    assert "tre månader från" not in outcome.out
    assert outcome.code == 1


def test_the_statistics_name_nobody_and_nothing(late: Office) -> None:
    outcome = late.cli("evb", "--statistics", "--kommun", "malmo")
    rows = table(outcome, "tre månader från")
    assert [(row["insats"], row["antal"]) for row in rows] == [
        ("alla", "2"),
        ("HVB, Kontaktfamilj", "2"),
        ("alla", "1"),
        ("Kontaktfamilj", "1"),
    ]
    assert (rows[0]["ej verkställda"], rows[0]["verkställda för sent"]) == ("1", "1")
    assert (rows[0]["median dagar"], rows[0]["längst väntetid"]) == ("", "7-9 månader")
    as_json = late.cli("evb", "--statistics", "--json").out
    as_csv = late.cli("evb", "--statistics", "--csv", "-").out
    people = (BARN["namn"], BARN["personnummer"], FORALDER["namn"], "Berg")
    for told in (outcome.out, as_json, as_csv):
        for secret in (*people, "A-1", "A-2", "B1", "2026-02-10", "2026-05-01"):
            assert secret not in told


def test_reasons_are_shown_when_revealed_and_that_is_audited(late: Office) -> None:
    assert late.cli("evb", "--reveal").code == 2
    outcome = late.cli("evb", "--list", "--reveal", "--reason", "rapport", "--json")
    assert outcome.document["individer"][1]["skal"] == [
        {"dag": "2026-05-01", "falt": "orsak", "text": WORDS}
    ]
    bridge = bootstrap(configuration(None).settings, wake=no_wake)
    with bridge.store.read() as tx:
        (act,) = audit_of(tx, "A-2")
    bridge.close()
    assert (act["action"], act["details"]) == ("reveal", {"reason": "rapport"})


def test_json_is_one_document_with_both_parts(late: Office) -> None:
    document = late.cli("evb", "--json").document
    assert (document["utkast"], document["kvartal"], document["per"]) == (
        *(True, "2026Q3"),
        "2026-09-30",
    )
    assert document["att_fylla_i"] == list(TO_FILL_IN)
    assert [row["status"] for row in document["individer"]] == [
        *("ej_verkstallt", "ej_verkstallt"),
        "verkstallt",
    ]
    assert document["individer"][0]["insatstyp"] == "hvb"
    assert WORDS not in str(document)
    malmo = [row for row in document["statistik"] if row["kommun"] == "malmo"]
    assert [(row["grund"], row["antal"]) for row in malmo] == [("beslut", 2), ("avbrott", 1)]


def test_the_sheet_opens_right_and_says_on_each_row_that_it_is_a_draft(
    late: Office, folder: Path
) -> None:
    reveal = ("--reveal", "--reason", "rapport")
    outcome = late.cli("evb", "--csv", "lista.csv", *reveal)
    raw = (folder / "lista.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfutkast;kommun;")
    assert raw.count(b"\n") == raw.count(b"\r\n") == 4
    assert (folder / "lista.csv").stat().st_mode & 0o077 == 0
    first, second, third = sheet_rows(raw.decode())
    assert {row["utkast"] for row in (first, second, third)} == {"UTKAST 2026Q3 per 2026-09-30"}
    assert second["skäl"] == f"avbrott 2026-05-01: {WORDS}"
    assert (second["dagar sedan beslut eller avbrott"], second["dagar sedan beslutet"]) == (
        *("152",),
        "263",
    )
    assert third["bekräftat i verksamhetssystemet"] == "nej"
    assert first["vem beslutet gäller (fylls i)"] == ""
    assert (outcome.code, outcome.out) == (1, "")
    assert "UTKAST" in outcome.err


def test_a_sheet_that_somebody_may_have_filled_in_is_not_written_over(
    late: Office, folder: Path
) -> None:
    (folder / "lista.csv").write_text("ifylld")
    outcome = late.cli("evb", "--csv", "lista.csv")
    assert outcome.code == 2
    assert "there already" in outcome.err
    assert (folder / "lista.csv").read_text() == "ifylld"
    assert late.cli("evb", "--csv", "saknas/lista.csv").code == 2


def test_times_of_larger_groups_are_told_with_a_decimal_comma(office: Office) -> None:
    office.send(*(decided(f"A-{number}", f"2026-02-{number:02}") for number in range(1, 7)))
    total, kind = sheet_rows(office.cli("evb", "--statistics", "--csv", "-").out)[2:4]
    assert (total["kommun"], total["insats"], total["antal"]) == ("malmo", "alla", "6")
    assert (kind["insats"], kind["ej verkställda"]) == ("Kontaktfamilj", "")
    for row in (total, kind):
        assert (row["median dagar"], row["längst dagar"]) == ("238,5", "241")
        assert (row["median månader"], row["längst månader"]) == ("7,8", "7,9")


def test_nothing_that_waits_needs_nobody(office: Office) -> None:
    office.send(decided("A-1", "2026-03-01"), executed("A-1", "2026-07-15"))
    assert office.cli("evb").code == 0
    assert office.cli("evb", "--quarter", "2026Q2").code == 0
    office.send(decided("A-2", "2026-03-01"))
    assert office.cli("evb").code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--quarter", "2026-3"), "2026Q3"),
        (("--quarter", "2027Q1"), "has not begun"),
        (("--kommun", "malmoe"), "malmo"),
        (("--csv", "-", "--json"), "--csv"),
        (("--csv", "-", "--list", "--statistics"), "one table"),
        (("--reveal",), "--reason"),
    ],
)
def test_wrong_use_is_told(office: Office, arguments: tuple[str, ...], told: str) -> None:
    outcome = office.cli("evb", *arguments)
    assert outcome.code == 2
    assert told in outcome.err


def test_the_running_quarter_is_drafted_as_of_today(office: Office) -> None:
    office.send(decided("A-1", "2026-07-14"), decided("A-2", "2026-07-15"))
    document = office.cli("evb", "--quarter", "2026Q4", "--json").document
    assert document["per"] == "2026-10-15"
    assert [row["arende"] for row in document["individer"]] == ["A-1"]

"""`send`: what became of each event, whatever the form of the file."""

import json
from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.receivers.openapi import EventResult
from tests.cli.conftest import Office
from tests.handbook.minsta import dokument, handelse


def events(count: int) -> list[Any]:
    return [handelse("arende.aktualiserat") | {"id": f"E-{n}"} for n in range(count)]


def test_what_was_accepted_is_a_duplicate_the_next_time(office: Office) -> None:
    first = office.send(*events(2))
    assert first.out.splitlines() == [
        "accepted   E-0",
        "accepted   E-1",
        "2 accepted, 0 duplicate, 0 rejected",
    ]
    again = office.send(*events(3))
    assert again.out.splitlines()[-1] == "1 accepted, 2 duplicate, 0 rejected"


def test_a_rejected_event_is_told_with_its_places_and_the_others_go_in(office: Office) -> None:
    good, bad = events(2)
    bad["data"]["barn"]["personnummer"] = "201201012397"
    del bad["kommun"]
    outcome = office.send(good, bad, code=1)
    assert "rejected   E-1" in outcome.out
    assert "           /kommun: is required" in outcome.out.splitlines()
    assert "/data/barn/personnummer" in outcome.out
    assert "1 accepted, 0 duplicate, 1 rejected" in outcome.out
    assert "201201012397" not in outcome.out + outcome.err


def test_the_same_id_with_other_content_is_rejected(office: Office) -> None:
    (event,) = events(1)
    office.send(event)
    outcome = office.send(event | {"time": "2026-05-05T10:00:00+02:00"}, code=1)
    assert "rejected   E-0" in outcome.out


def test_what_an_event_lacks_is_told_with_its_name_and_source(office: Office) -> None:
    (event,) = events(1)
    event["type"] = "se.bbic.remiss.skickad"
    event["data"] = dokument("remiss.skickad")
    del event["data"]["behov"]
    outcome = office.send(event, code=1)
    name = "Barnets behov av kontaktperson eller kontaktfamilj"
    assert f"/data/behov: Uppgiften saknas. ({name}, A:16, ska)" in outcome.out


def test_programs_get_the_same_answer_as_over_http(office: Office) -> None:
    (event,) = events(1)
    event["data"]["barn"]["skydd"] = "vet_ej"
    line = json.loads(office.cli("send", "-", "--json", stdin=json.dumps(event)).out)
    assert [one["pointer"] for one in line["problem"]["errors"]] == ["/data/barn/skydd"]
    assert EventResult.model_validate(line).model_dump(exclude_none=True) == line


def test_files_are_read_one_after_the_other(office: Office, folder: Path) -> None:
    one, two, three = events(3)
    (folder / "one.json").write_text(json.dumps(one, indent=2))
    (folder / "two.ndjson").write_text(json.dumps(two) + "\n")
    outcome = office.cli("send", "one.json", "two.ndjson", "-", "--json", stdin=json.dumps([three]))
    assert outcome.code == 0
    assert [(line["id"], line["status"]) for line in outcome.lines] == [
        ("E-0", "accepted"),
        ("E-1", "accepted"),
        ("E-2", "accepted"),
    ]


def test_a_file_that_is_not_there_is_told_before_anything_is_sent(
    office: Office, folder: Path
) -> None:
    (folder / "one.json").write_text(json.dumps(events(1)))
    outcome = office.cli("send", "one.json", "none.json")
    assert outcome.code == 2
    assert "none.json" in outcome.err
    assert office.send(*events(1)).out.startswith("accepted")


def test_what_comes_before_a_broken_line_is_sent(office: Office, folder: Path) -> None:
    lines = [*map(json.dumps, events(2)), '{"id": ', json.dumps(events(4)[3])]
    (folder / "x.ndjson").write_text("\n".join(lines))
    outcome = office.cli("send", "x.ndjson", "--json")
    assert outcome.code == 1
    assert [line["status"] for line in outcome.lines] == ["accepted", "accepted", "rejected"]
    (violation,) = outcome.lines[-1]["problem"]["errors"]
    assert "x.ndjson, line" in violation["detail"]
    assert "nothing after this was sent" in violation["detail"]


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_no_events_are_none(office: Office, words: tuple[str, ...]) -> None:
    outcome = office.cli("send", "-", *words, stdin="[]")
    assert outcome.code == 0


def test_many_events_go_in(office: Office) -> None:
    outcome = office.send(*events(450))
    assert outcome.out.splitlines()[-1] == "450 accepted, 0 duplicate, 0 rejected"
    status = office.cli("status", "--json").document
    assert status["events"] == 450

"""What deviates in a case, as `case show` prints it: masked, or revealed and audited."""

from typing import Any

import pytest

from bbic_bridge.bootstrap import bootstrap
from bbic_bridge.cli.configuration import configuration
from bbic_bridge.store.schema import audit
from tests.cli.conftest import Office
from tests.handbook.minsta import DELTAGARE, handelse

ARENDE = "ARENDE-1"
VUXEN = "Alva har, utöver mamma, minst två vuxna som hon tycker om och litar på."
ANNAT = "Alva har, utöver mamma, minst två vuxna som hon litar på."


def event(typ: str, text: str, **data: Any) -> dict[str, Any]:
    return handelse(typ, mal=[{"mal_id": "M1", "text": text}], **data)


@pytest.fixture
def reworded(office: Office) -> Office:
    office.send(event("beslutsunderlag.upprattat", VUXEN), event("uppdrag.upprattat", ANNAT))
    return office


def revealed_acts() -> list[tuple[str, str]]:
    bridge = bootstrap(configuration(None).settings)
    with bridge.store.read() as tx:
        rows = tx.connection.execute(audit.select()).all()
    bridge.close()
    return [(row.action, row.subject) for row in rows]


def test_a_case_lists_what_deviates_and_hides_the_texts(reworded: Office) -> None:
    shown = reworded.cli("case", "show", ARENDE)
    assert shown.code == 1
    assert "Deviations from the handbook:" in shown.out
    assert "Målet lyder inte likadant i uppdraget som i beslutsunderlaget" in shown.out
    assert "litar på" not in shown.out
    assert "•••" in shown.out


def test_revealed_the_first_difference_is_marked(reworded: Office) -> None:
    out = reworded.cli("case", "show", ARENDE, "--reveal", "--reason", "granskning").out
    was, now = (line for line in out.splitlines() if line.startswith(("  was", "  is")))
    assert was.endswith("mamma, minst två vuxna som hon »tycker om och litar på.")
    assert now.endswith("mamma, minst två vuxna som hon »litar på.")
    assert "/mal/0/text: …" in was
    assert revealed_acts() == [("reveal", ARENDE)]


def test_programs_get_the_whole_texts_and_where_they_differ(reworded: Office) -> None:
    (masked,) = reworded.cli("case", "show", ARENDE, "--json").document["deviations"]
    assert (masked["before"]["text"], masked["differs_at"]) == ("•••", None)
    words = ("case", "show", ARENDE, "--json", "--reveal", "--reason", "granskning")
    (one,) = reworded.cli(*words).document["deviations"]
    assert (one["code"], one["object_id"], one["weight"]) == ("mal.andrat", "M1", "ska")
    assert (one["before"]["text"], one["after"]["text"]) == (VUXEN, ANNAT)
    assert VUXEN[: one["differs_at"]] == "Alva har, utöver mamma, minst två vuxna som hon "


def test_a_reveal_needs_a_reason(reworded: Office) -> None:
    refused = reworded.cli("case", "show", ARENDE, "--reveal")
    assert refused.code == 2
    assert "--reason" in refused.err
    assert revealed_acts() == []


def test_what_one_document_shows_is_told_with_its_place(office: Office) -> None:
    office.send(handelse("uppstartsmote.genomfort", deltagare=DELTAGARE[1:]))
    _, listed = office.cli("case", "show", ARENDE).out.split("Deviations from the handbook:\n")
    heading, *rows = (line.split("\t") for line in listed.splitlines()[:-1])
    told = [dict(zip(heading, row, strict=True)) for row in rows]
    (one,) = [row for row in told if row["deviation"] == "uppstartsmote.barn"]
    assert (one["step"], one["about"], one["source"]) == ("6", "MOTE1", "A:43")
    assert one["shown by"].startswith("uppstartsmote.genomfort 2026-11-20")
    assert one["shown by"].endswith(" /data/deltagare")
    (as_json,) = [
        row
        for row in office.cli("case", "show", ARENDE, "--json").document["deviations"]
        if row["code"] == "uppstartsmote.barn"
    ]
    assert (as_json["pointer"], as_json["weight"]) == ("/data/deltagare", "ska_om_inte")


def test_a_case_that_keeps_to_the_handbook_says_nothing_of_it(office: Office) -> None:
    office.send(event("beslutsunderlag.upprattat", VUXEN), event("uppdrag.upprattat", VUXEN))
    assert "Deviations" not in office.cli("case", "show", ARENDE).out

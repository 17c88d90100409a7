"""What a person does in a vendor system, at both vendors."""

from collections.abc import Callable
from typing import Any

import pytest

from bbic_bridge.sandbox.changes import KINDS
from bbic_bridge.sandbox.register import TESTNUMMER
from bbic_bridge.sandbox.schema import Schema
from tests.sandbox.control import Control
from tests.sandbox.vendors import Procapita, Treserva, Vendor

Change = Callable[..., Any]
FEED_ONLY_AT_TRESERVA = {
    "beslut_registrerat",
    "beslut_verkstallt",
    "resurs_tilldelad",
    "insats_avslutad",
}
WITHOUT_ARENDE = {"resurs_registrerad"}
EARLIER = {
    "beslut_verkstallt": ["beslut_registrerat"],
    "resurs_tilldelad": ["beslut_registrerat", "beslut_verkstallt", "resurs_registrerad"],
    "insats_avslutad": ["beslut_registrerat", "beslut_verkstallt"],
    "uppdrag_fordelat": ["uppdrag_mottaget"],
    "genomforandeplan_upprattad": ["uppdrag_mottaget", "uppdrag_fordelat"],
}


@pytest.mark.parametrize("kind", KINDS)
def test_missing_steps_come_first_and_the_log_follows_the_schema(
    vendor: Vendor, control: Control, change: Change, kind: str
) -> None:
    made = change(vendor, kind, arende="" if kind in WITHOUT_ARENDE else "A-1")

    kinds = [one["kind"] for one in made["changes"]]
    assert kinds == [*EARLIER.get(kind, []), kind]
    assert {key: made[key] for key in ("vendor_id", "andring_id", "kind")} == made["changes"][-1]
    told = vendor.changes().changes
    shown = [one for one in made["changes"] if _is_told(vendor, one["kind"])]
    assert [one.objekt for one in told] == [one["vendor_id"] for one in shown]
    schema = Schema(f"{vendor.system}.xsd")
    assert [schema.problem(one.element) for one in told] == [None] * len(told)
    assert control.journal() == []


def _is_told(vendor: Vendor, kind: str) -> bool:
    return vendor.system == "treserva" or kind not in FEED_ONLY_AT_TRESERVA


def test_a_person_carries_a_case_from_beslut_to_its_end(treserva: Treserva, change: Change) -> None:
    change(treserva, "resurs_registrerad", arende="", resurs_id="R-1")
    for kind in ("beslut_registrerat", "beslut_verkstallt", "resurs_tilldelad", "insats_avslutad"):
        assert len(change(treserva, kind)["changes"]) == (2 if kind == "resurs_tilldelad" else 1)
    ended = treserva.changes().changes[-1]
    assert ended.handelse == "insats.avslutad"


def test_what_a_person_registered_can_be_written_on_by_its_number(
    vendor: Vendor, change: Change
) -> None:
    number = change(vendor, "beslut_registrerat")["vendor_id"]
    assert vendor.send("verkstall_beslut").kod == "BESLUT_SAKNAS"
    assert vendor.send("verkstall_beslut", beslut_nr=number).kod is None


def test_an_insats_we_opened_is_closed_by_a_person(vendor: Vendor, change: Change) -> None:
    change(vendor, "resurs_registrerad", arende="", resurs_id="R-1")
    for operation in ("registrera_beslut", "verkstall_beslut", "tilldela_resurs"):
        links = vendor.send(operation).lankar
    insats = vendor.send("avsluta_resurs").lankar and links
    made = change(vendor, "insats_avslutad", insats_id="I-1", slutdatum="2026-05-01")
    assert len(made["changes"]) == 1
    assert insats
    assert vendor.send("avsluta_insats").kod == "REDAN_AVSLUTAD"


def test_an_uppdrag_goes_from_the_enhetschef_to_a_plan(vendor: Vendor, change: Change) -> None:
    vendor.send("registrera_beslut")
    number = vendor.send("vidarebefordra_uppdrag").lankar["uppdrag"]
    after = vendor.changes().following

    assert change(vendor, "uppdrag_mottaget", datum="2026-02-03")["vendor_id"] == number
    change(vendor, "uppdrag_fordelat", handlaggare="Maja Lind", roll="specialpedagog")
    change(vendor, "genomforandeplan_upprattad", plan_id="P-1")

    texts = [_everything(one) for one in vendor.changes(after).changes]
    assert all("U-1" in text for text in texts)
    assert "2026-02-03" in texts[0]
    assert "Maja Lind" in texts[1]
    assert {"SPP", "S"} & set(texts[1])
    assert {"P-1", "M-7", "Kim går till skolan."} <= set(texts[2])


def _everything(change: Any) -> list[str]:
    found: list[str] = []
    for element in change.element.iter():
        found += [element.text or "", *element.attrib.values()]
    return found


def test_a_repeated_step_is_not_preceded_by_those_already_taken(
    vendor: Vendor, change: Change
) -> None:
    change(vendor, "uppdrag_fordelat")
    assert len(change(vendor, "genomforandeplan_upprattad")["changes"]) == 1
    assert len(change(vendor, "genomforandeplan_upprattad")["changes"]) == 1


@pytest.mark.parametrize("end", ["uppdrag_avbojt", "uppdrag_aterkallat"])
def test_an_ended_uppdrag_goes_no_further(
    vendor: Vendor, control: Control, change: Change, end: str
) -> None:
    change(vendor, end, orsak="Fullt.")
    posted = {"system": vendor.system, "kommun": vendor.kommun, "arende": "A-1"}
    answer = control.http.post("/_sandbox/changes", json={**posted, "kind": "uppdrag_fordelat"})
    assert answer.status_code == 400
    assert "REDAN_AVSLUTAD" in answer.text


def test_the_person_is_the_one_the_arende_is_about(treserva: Treserva, change: Change) -> None:
    treserva.send("registrera_beslut", personnummer="201802142396")
    change(treserva, "aktanteckning_skapad")
    assert treserva.changes().changes[-1].element.get("pnr") == "20180214-2396"


def test_an_unknown_arende_gets_the_same_test_person_each_time(
    treserva: Treserva, change: Change
) -> None:
    elsewhere = treserva.elsewhere("annan")
    for place in (treserva, elsewhere):
        change(place, "beslut_registrerat", arende="A-99")
    first, second = (place.changes().changes[0].element for place in (treserva, elsewhere))
    assert first.get("pnr") == second.get("pnr")
    assert str(first.get("pnr")).replace("-", "") in TESTNUMMER


def test_a_named_person_is_taken(treserva: Treserva, change: Change) -> None:
    change(treserva, "beslut_registrerat", personnummer="201803122397", namn="Lo Exempel")
    assert treserva.changes().changes[0].element.get("pnr") == "20180312-2397"


def test_a_person_named_anew_replaces_the_one_known(treserva: Treserva, change: Change) -> None:
    change(treserva, "beslut_registrerat")
    for number in ("201803122397", None):
        change(treserva, "aktanteckning_skapad", **({"personnummer": number} if number else {}))
    told = [one.element.get("pnr") for one in treserva.changes().changes]
    assert told[0] != "20180312-2397"
    assert told[1:] == ["20180312-2397"] * 2


@pytest.mark.parametrize("arende", ["", "A-1"])
def test_a_resource_is_told_with_the_arende_it_was_looked_for_in(
    vendor: Vendor, change: Change, arende: str
) -> None:
    change(vendor, "resurs_registrerad", arende=arende)
    (told,) = vendor.changes().changes
    assert told.arende == (arende or None)


def test_pages_of_the_log_follow_each_other(vendor: Vendor, change: Change) -> None:
    objects = [change(vendor, "aktanteckning_skapad")["vendor_id"] for _ in range(3)]
    first = vendor.changes(limit=2)
    assert ([one.objekt for one in first.changes], first.more) == (objects[:2], True)
    second = vendor.changes(first.following, limit=2)
    assert ([one.objekt for one in second.changes], second.more) == (objects[2:], False)
    assert vendor.changes(second.following).changes == []
    objects.append(change(vendor, "aktanteckning_skapad")["vendor_id"])
    assert [one.objekt for one in vendor.changes(second.following).changes] == objects[3:]


def test_the_cursor_passes_what_hamta_andringar_leaves_out(
    procapita: Procapita, change: Change
) -> None:
    left_out = change(procapita, "beslut_registrerat")
    page = procapita.changes()
    assert (page.changes, page.more) == ([], False)
    assert page.following == left_out["andring_id"]
    change(procapita, "aktanteckning_skapad")
    assert len(procapita.changes(page.following).changes) == 1


def test_numbers_go_on_after_a_reset(vendor: Vendor, control: Control, change: Change) -> None:
    number = int(vendor.send("registrera_beslut").lankar["beslut"].removeprefix("TRE-"))
    change(vendor, "aktanteckning_skapad")
    cursor = vendor.changes().following

    control.http.post("/_sandbox/reset").raise_for_status()

    assert vendor.changes().changes == []
    assert vendor.send("verkstall_beslut").kod == "BESLUT_SAKNAS"
    again = int(vendor.send("registrera_beslut").lankar["beslut"].removeprefix("TRE-"))
    assert again > number
    change(vendor, "aktanteckning_skapad")
    assert vendor.changes(cursor).changes[-1].handelse.startswith(("Anteckning", "anteckning"))


@pytest.mark.parametrize(
    ("posted", "pointer"),
    [
        ({"kind": "beslut_registrerat", "arende": ""}, "/arende"),
        ({"kind": "okand_handelse"}, "/kind"),
        ({"system": "annat"}, "/system"),
        ({"kommun": "två ord"}, "/kommun"),
        ({"webhook": "ja"}, "/webhook"),
        ({"extra": 1}, "/extra"),
        ({"data": {"fran": "i morgon"}}, "/data/fran"),
        ({"data": {"beslut_id": "två ord"}}, "/data/beslut_id"),
        ({"data": {"personnummer": "20180105-2398"}}, "/data/personnummer"),
        ({"data": {"motivering": "bad \u0001 control"}}, "/data/motivering"),
    ],
)
def test_bad_input_is_refused_by_field(
    control: Control, posted: dict[str, Any], pointer: str
) -> None:
    good = {"system": "treserva", "kommun": "exempel", "kind": "beslut_registrerat"}
    answer = control.http.post("/_sandbox/changes", json={**good, "arende": "A-1", **posted})
    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["violations"]] == [pointer]
    assert "2398" not in answer.text


def test_data_that_a_change_does_not_know_is_ignored(treserva: Treserva, change: Change) -> None:
    change(treserva, "beslut_registrerat", beslut_id="B-1", uppdrag_id="U-1")
    assert "U-1" not in _everything(treserva.changes().changes[0])


def test_what_is_not_json_is_refused(control: Control) -> None:
    assert control.http.post("/_sandbox/changes", content=b"{").status_code == 400

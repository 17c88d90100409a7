"""The rules and effects of the ten messages, at both vendors."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.control import Control
from tests.sandbox.vendors import Vendor

Change = Callable[..., Any]
OBJEKT = {
    "procapita": {"resurstilldelning": "resurstilldelning", "dokument": "dokument"},
    "treserva": {"resurstilldelning": "tilldelning", "dokument": "journaldokument"},
}


@pytest.fixture
def verkstallt(vendor: Vendor) -> Vendor:
    """A decision that has been executed."""
    assert vendor.send("registrera_beslut").kod is None
    assert vendor.send("verkstall_beslut").kod is None
    return vendor


@pytest.fixture
def tilldelat(verkstallt: Vendor, change: Change) -> Vendor:
    """... and whose insats has its resource."""
    change(verkstallt, "resurs_registrerad", arende="", resurs_id="R-1")
    assert verkstallt.send("tilldela_resurs").kod is None
    return verkstallt


def test_beslut_is_registered_and_linked(vendor: Vendor, control: Control) -> None:
    outcome = vendor.send("registrera_beslut", referens="ref-beslut")

    assert outcome.status in (200, 201)
    assert outcome.referens == "ref-beslut"
    assert outcome.egna == {"beslut": "B-1"}
    (line,) = control.journal()
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "seq": 1,
        "system": vendor.system,
        "kommun": vendor.kommun,
        "operation": "registrera_beslut",
        "arende": "A-1",
        "reference": "ref-beslut",
        "vendor_id": outcome.lankar["beslut"],
    }


def test_verkstallighet_links_both_itself_and_the_insats(vendor: Vendor) -> None:
    vendor.send("registrera_beslut")
    outcome = vendor.send("verkstall_beslut")
    assert outcome.egna == {"verkstallighet": "B-1", "insats": "I-1"}


@pytest.mark.parametrize(
    "operation",
    [
        "verkstall_beslut",
        "tilldela_resurs",
        "vidarebefordra_uppdrag",
        "avsluta_resurs",
        "avsluta_insats",
    ],
)
def test_what_follows_a_beslut_needs_it(vendor: Vendor, control: Control, operation: str) -> None:
    assert vendor.send(operation).kod == "BESLUT_SAKNAS"
    assert control.journal() == []


def test_a_beslut_of_another_arende_is_not_found(vendor: Vendor) -> None:
    vendor.send("registrera_beslut")
    assert vendor.send("verkstall_beslut", arende="A-2").kod == "BESLUT_SAKNAS"


def test_the_vendors_own_number_decides_where_it_is_given(vendor: Vendor) -> None:
    first = vendor.send("registrera_beslut").lankar["beslut"]
    other = vendor.send("registrera_beslut", beslut_id="B-2").lankar["beslut"]

    assert vendor.send("verkstall_beslut", beslut_nr=first).kod is None
    assert vendor.send("verkstall_beslut", beslut_nr=other).kod == "BESLUT_SAKNAS"
    assert vendor.send("verkstall_beslut", beslut_nr="999").kod == "BESLUT_SAKNAS"
    astray = vendor.send("verkstall_beslut", arende="A-2", beslut_nr=first)
    assert astray.kod == "BESLUT_SAKNAS"


def test_fortsatt_bistand_needs_the_beslut_it_follows(vendor: Vendor) -> None:
    following = {"beslut_id": "B-2", "beslutstyp_kod": vendor.codes["fortsatt_bistand"]}
    assert vendor.send("registrera_beslut", ersatter="B-1", **following).kod == "BESLUT_SAKNAS"
    vendor.send("registrera_beslut")
    assert vendor.send("registrera_beslut", ersatter="B-1", **following).kod is None


def test_fortsatt_bistand_carries_the_same_insats_on(verkstallt: Vendor) -> None:
    first = verkstallt.send("verkstall_beslut").lankar["insats"]
    verkstallt.send("registrera_beslut", beslut_id="B-2", ersatter="B-1")
    assert verkstallt.send("verkstall_beslut", beslut_id="B-2").lankar["insats"] == first


def test_an_avslag_cannot_be_executed(vendor: Vendor) -> None:
    vendor.send("registrera_beslut", beslutstyp_kod=vendor.codes["avslag"])
    assert vendor.send("verkstall_beslut").kod == "EJ_TILLATET"


def test_a_resource_must_be_registered_before_it_is_assigned(
    verkstallt: Vendor, change: Change
) -> None:
    assert verkstallt.send("tilldela_resurs").kod == "RESURS_EJ_REGISTRERAD"
    change(verkstallt, "resurs_registrerad", arende="", resurs_id="R-1")
    outcome = verkstallt.send("tilldela_resurs")
    assert outcome.egna == {OBJEKT[verkstallt.system]["resurstilldelning"]: "I-1/R-1"}


def test_a_resource_is_registered_in_one_kommun_only(verkstallt: Vendor, control: Control) -> None:
    data = {"resurs_id": "R-1"}
    control.change(verkstallt.system, "annan", "resurs_registrerad", data=data)
    assert verkstallt.send("tilldela_resurs").kod == "RESURS_EJ_REGISTRERAD"


@pytest.mark.parametrize("operation", ["tilldela_resurs", "avsluta_resurs", "avsluta_insats"])
def test_what_concerns_an_insats_needs_it(vendor: Vendor, operation: str) -> None:
    vendor.send("registrera_beslut")
    assert vendor.send(operation).kod == "INSATS_SAKNAS"


def test_an_insats_with_an_open_resource_cannot_be_closed(tilldelat: Vendor) -> None:
    assert tilldelat.send("avsluta_insats").kod == "OPPEN_RESURS"
    assert tilldelat.send("avsluta_resurs").kod is None
    assert tilldelat.send("avsluta_insats").egna == {"insats": "I-1"}


def test_both_effects_of_the_end_are_journalled(tilldelat: Vendor, control: Control) -> None:
    resurs = tilldelat.send("avsluta_resurs", referens="ref-slut/resurs")
    insats = tilldelat.send("avsluta_insats", referens="ref-slut/insats")

    last = control.journal()[-2:]
    assert [line["operation"] for line in last] == ["avsluta_insats_och_resurs"] * 2
    assert [line["reference"] for line in last] == ["ref-slut/resurs", "ref-slut/insats"]
    kind = OBJEKT[tilldelat.system]["resurstilldelning"]
    assert [line["vendor_id"] for line in last] == [resurs.lankar[kind], insats.lankar["insats"]]


def test_ending_a_resource_that_is_not_open_is_an_effect_all_the_same(
    tilldelat: Vendor, control: Control
) -> None:
    tilldelat.send("avsluta_resurs")
    again = tilldelat.send("avsluta_resurs")
    assert (again.kod, again.lankar) == (None, {})
    assert control.operations()[-2:] == ["avsluta_insats_och_resurs"] * 2


def test_only_the_resource_named_is_ended(tilldelat: Vendor, change: Change) -> None:
    change(tilldelat, "resurs_registrerad", arende="", resurs_id="R-2")
    tilldelat.send("tilldela_resurs", resurs_id="R-2")
    tilldelat.send("avsluta_resurs", resurs_id="R-2")
    assert tilldelat.send("avsluta_insats").kod == "OPPEN_RESURS"


def test_a_closed_insats_is_closed_once_and_takes_no_resource(
    tilldelat: Vendor, control: Control
) -> None:
    tilldelat.send("avsluta_resurs")
    tilldelat.send("avsluta_insats")
    effects = len(control.journal())
    assert tilldelat.send("avsluta_insats").kod == "REDAN_AVSLUTAD"
    assert tilldelat.send("tilldela_resurs").kod == "REDAN_AVSLUTAD"
    assert len(control.journal()) == effects


def test_uppdrag_is_forwarded_replaced_and_taken_back(vendor: Vendor) -> None:
    vendor.send("registrera_beslut")
    revised = {"uppdrag_id": "U-2", "ersatter": "U-1"}
    assert vendor.send("vidarebefordra_uppdrag", **revised).kod == "UPPDRAG_SAKNAS"
    assert vendor.send("vidarebefordra_uppdrag").egna == {"uppdrag": "U-1"}
    assert vendor.send("vidarebefordra_uppdrag", **revised).egna == {"uppdrag": "U-2"}
    assert vendor.send("aterkalla_uppdrag", uppdrag_id="U-2").egna == {"uppdrag": "U-2"}


def test_only_an_open_uppdrag_can_be_taken_back(vendor: Vendor, change: Change) -> None:
    assert vendor.send("aterkalla_uppdrag").kod == "UPPDRAG_SAKNAS"
    vendor.send("registrera_beslut")
    vendor.send("vidarebefordra_uppdrag")
    change(vendor, "uppdrag_avbojt")
    assert vendor.send("aterkalla_uppdrag").kod == "REDAN_AVSLUTAD"


def test_a_document_may_replace_one_that_exists(vendor: Vendor) -> None:
    replacing = {"dokument_id": "D-2", "ersatter": "D-1"}
    assert vendor.send("registrera_dokument", **replacing).kod == "EJ_TILLATET"
    kind = OBJEKT[vendor.system]["dokument"]
    assert vendor.send("registrera_dokument").egna == {kind: "D-1"}
    assert vendor.send("registrera_dokument", **replacing).egna == {kind: "D-2"}


def test_a_note_is_corrected_by_another(vendor: Vendor) -> None:
    correcting = {"anteckning_id": "N-2", "ersatter": "N-1"}
    assert vendor.send("ratta_aktanteckning", **correcting).kod == "ANTECKNING_SAKNAS"
    assert vendor.send("skapa_aktanteckning").egna == {"anteckning": "N-1"}
    assert vendor.send("ratta_aktanteckning", **correcting).egna == {"anteckning": "N-2"}


def test_an_unknown_code_is_refused(vendor: Vendor, control: Control) -> None:
    assert vendor.send("registrera_beslut", beslutstyp_kod="XYZ").kod == "EJ_TILLATET"
    assert control.journal() == []


def test_a_receipt_can_be_asked_for(vendor: Vendor) -> None:
    assert vendor.receipt("ref-okand") is None
    done = vendor.send("registrera_beslut", referens="ref-kvittens")
    told = vendor.receipt("ref-kvittens")
    assert told is not None
    assert (told.referens, told.lankar, told.egna) == (done.referens, done.lankar, done.egna)


def test_what_was_refused_has_no_receipt(vendor: Vendor) -> None:
    assert vendor.send("verkstall_beslut", referens="ref-nekad").kod == "BESLUT_SAKNAS"
    assert vendor.receipt("ref-nekad") is None


def test_kommuner_are_apart(vendor: Vendor, control: Control) -> None:
    elsewhere = vendor.elsewhere("annan")
    vendor.send("registrera_beslut")
    assert elsewhere.send("verkstall_beslut").kod == "BESLUT_SAKNAS"
    assert control.journal(kommun="annan") == []
    assert len(control.journal(kommun=vendor.kommun, system=vendor.system)) == 1

"""Avslut stands in an uppföljning: the decision, and the risk where it is asked for."""

from typing import Any

import pytest

from bbic_bridge.handbook.avvikelser import avvikelser
from tests.handbook.test_lage import Case

KOD = "avslut.ej_i_uppfoljning"
UPPFYLLT: dict[str, Any] = {
    "datum": "2027-02-10",
    "mal": [
        {
            "mal_id": "M1",
            "text": "Alva har en vuxen utanför familjen att lita på.",
            "forandring": "positiv_malet_uppfyllt",
            "resultat": "Klart.",
        }
    ],
    "nasta_steg": ["avslut"],
}
RISK = {"nuvarande": "Låg.", "framtida": "Låg.", "bedomd_av": "Siv Sekreterare"}
BESLUTET = {
    "beslut_id": "B3",
    "beslutstyp": "avslut",
    "beslutsdatum": "2027-02-10",
    "beslutsfattare": "Lo Ledamot",
    "orsak": "mal_uppfyllda",
}
BEDOMT: dict[str, Any] = {"vardbehov_tillgodosett": True, "riskbedomning": RISK}


def texts(case: Case) -> list[str]:
    return [en.text for en in avvikelser(case.lage) if en.kod == KOD]


def closed(uppfoljning: dict[str, Any], **avslut: Any) -> Case:
    case = Case().tell("uppfoljning.dokumenterad", **UPPFYLLT, **uppfoljning)
    return case.tell("beslut.avslut", **avslut).tell("insats.avsluta")


@pytest.mark.parametrize(
    ("uppfoljning", "saknas"),
    [
        ({}, "beslutet och riskbedömningen"),
        ({"beslut": {**BESLUTET, "beslut_id": "B9"}}, "beslutet och riskbedömningen"),
        ({"beslut": BESLUTET}, "riskbedömningen"),
        (BEDOMT, "beslutet"),
    ],
)
def test_what_no_uppfoljning_holds_is_missed_when_the_insats_is_closed(
    uppfoljning: dict[str, Any], saknas: str
) -> None:
    case = closed(uppfoljning, **BEDOMT)
    assert texts(case) == [f"Avslutet är inte dokumenterat i någon uppföljning: {saknas} saknas"]
    (en,) = [en for en in avvikelser(case.lage) if en.kod == KOD]
    assert (en.objekt, en.rad, en.vikt) == ("B3", case.notiser[-1].rad, "ska")
    assert texts(Case().tell("beslut.avslut", **BEDOMT)) == []


def test_a_later_version_may_hold_what_the_first_did_not() -> None:
    case = closed({}, **BEDOMT)
    version = {"uppfoljning_id": "UPPF2", "ersatter": "UPPF1", **BEDOMT, "beslut": BESLUTET}
    assert texts(case.tell("uppfoljning.dokumenterad", **UPPFYLLT, **version)) == []


def test_the_risk_is_asked_for_only_where_the_source_asks() -> None:
    assert texts(closed({"beslut": BESLUTET}, vardbehov_tillgodosett=False)) == []
    assert texts(closed({"beslut": BESLUTET}, orsak="familjen_tackar_nej")) == []


def test_of_what_the_source_does_not_speak_nothing_is_asked() -> None:
    assert texts(closed({}, insatstyp="hvb", **BEDOMT)) == []


def test_an_insats_that_never_began_has_no_uppfoljning_to_stand_in() -> None:
    tackar_nej = {"orsak": "familjen_tackar_nej", "vardbehov_tillgodosett": None}
    aldrig = Case().tell("beslut.fattat").tell("beslut.avslut", **tackar_nej)
    assert texts(aldrig.tell("insats.avsluta")) == []
    borjad = Case().tell("beslut.fattat").tell("beslut.verkstall").tell("insats.startad")
    borjad = borjad.tell("beslut.avslut", **tackar_nej)
    assert texts(borjad.tell("insats.avsluta")) != []

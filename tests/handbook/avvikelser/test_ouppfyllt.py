"""An unmet SKA with an exception: by the last word of each document, whatever came first."""

import random
from typing import Any

from bbic_bridge.handbook.avvikelser import SLAGEN, avvikelser
from bbic_bridge.handbook.avvikelser.ouppfyllt import KRAVSLAG
from bbic_bridge.handbook.avvikelser.slag import Avvikelse
from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.krav import KRAV, VALBARA
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import OUPPFYLLT, Notis, notis
from tests.handbook.minsta import DELTAGARE, handelse

VUXNA = DELTAGARE[1:]
UTAN_VAG = [{"namn": "Mormor Test", "skydd": "ingen"}]
MED_VAG = [{**UTAN_VAG[0], "telefon": "000-00"}]
MOTE = "uppstartsmote.genomfort"


def minns(typ: str, dag: int, **data: Any) -> Notis:
    """What is remembered of an event of a day in November."""
    event = {**handelse(typ, **data), "time": f"2026-11-{dag}T12:00:00+01:00"}
    made = notis(f"R{dag}", parse_event(event))
    assert made is not None
    return made


def funna(*notiser: Notis) -> list[Avvikelse]:
    """Those that one document shows, the same in whatever order they came."""
    alla = [[en for en in avvikelser(Lage(ordning)) if en.kod in KRAVSLAG] for ordning in (
        notiser, random.Random(1).sample(notiser, len(notiser)), tuple(reversed(notiser))
    )]  # fmt: skip
    assert alla[0] == alla[1] == alla[2]
    return alla[0]


def test_a_meeting_without_the_child_or_a_reason_deviates() -> None:
    (en,) = funna(minns(MOTE, 11, deltagare=VUXNA))
    krav = next(krav for krav in KRAV if krav.kod == "uppstartsmote.barn")
    assert (en.kod, en.objekt, en.rad) == (krav.kod, "MOTE1", "R11")
    assert (en.text, en.kalla, en.vikt) == (krav.text, "A:43", "ska_om_inte")
    assert (SLAGEN[en.kod].steg, SLAGEN[en.kod].pointer) == (6, "/data/deltagare")


def test_the_child_or_a_reason_is_enough() -> None:
    assert funna(minns(MOTE, 11, deltagare=DELTAGARE)) == []
    assert funna(minns(MOTE, 11, deltagare=VUXNA, barnet_deltog_inte_for="Olämpligt.")) == []


def test_of_one_document_the_last_word_counts_once() -> None:
    utan, med = ({"deltagare": vilka} for vilka in (VUXNA, DELTAGARE))
    assert funna(minns(MOTE, 11, **utan), minns(MOTE, 12, **med)) == []
    (en,) = funna(minns(MOTE, 11, **utan), minns(MOTE, 12, **utan))
    assert en.rad == "R12"
    tva = funna(minns(MOTE, 11, **utan), minns(MOTE, 12, **utan, mote_id="MOTE2"))
    assert [en.objekt for en in tva] == ["MOTE1", "MOTE2"]


def test_what_another_document_has_replaced_deviates_no_more() -> None:
    brister = minns("uppdrag.upprattat", 11, kontaktuppgifter=UTAN_VAG)
    assert [en.objekt for en in funna(brister)] == ["U1"]
    assert funna(brister, minns("uppdrag.reviderat", 12, kontaktuppgifter=MED_VAG)) == []
    likadant = minns("uppdrag.reviderat", 12, kontaktuppgifter=UTAN_VAG)
    assert [en.objekt for en in funna(brister, likadant)] == ["U2"]
    (en,) = funna(brister, minns("uppfoljning.dokumenterad", 12, ersatter="U1"))
    assert en.objekt == "U1"


def test_a_rule_that_weighs_otherwise_by_now_is_not_asked_for() -> None:
    gammal = minns(MOTE, 11)
    kod = {OUPPFYLLT: ["uppstartsmote.vardnadshavare", "mote.okant"]}
    assert funna(Notis(gammal.rad, gammal.typ, gammal.tid, {**gammal.data, **kod})) == []


def test_no_such_rule_can_be_taken_away() -> None:
    """A notis knows nothing of a kommun's choices."""
    assert not {krav.kod for krav in KRAV if krav.vikt == "ska_om_inte"} & VALBARA

"""What an uppföljning says is to be done is missed when the next one has come."""

import pytest

from bbic_bridge.handbook.notiser import Notis
from tests.handbook.avvikelser.test_avvikelser import (
    ETT_SAMTAL,
    KF,
    MAL,
    OPPENVARD,
    erbjudet,
    funna,
    mote,
    om,
    reviderat,
    uppdrag,
    uppfoljning,
)
from tests.handbook.fall import avslut, avsluta, beslut, fortsatt, notis

GRUND = (*KF, uppdrag())
BADA = uppfoljning("2026-07-22", nasta_steg=["reviderat_uppdrag", "nytt_beslut"])
NASTA = uppfoljning("2026-11-22")
NYTT_BESLUT = uppfoljning("2026-07-22", nasta_steg=["nytt_beslut"])
REVIDERAT = uppfoljning("2026-07-22", nasta_steg=["reviderat_uppdrag"])


def fel(*notiser: Notis) -> list[tuple[str, str]]:
    return [(en.kod, en.objekt) for en in funna(*notiser)]


def test_neither_made_both_are_missed_at_the_next_uppfoljning() -> None:
    assert fel(*GRUND, BADA) == []
    assert fel(*GRUND, BADA, NASTA) == [
        ("uppdrag.ej_reviderat", "UF-2026-07-22"),
        ("beslut.ej_fattat", "UF-2026-07-22"),
    ]
    assert fel(*GRUND, BADA, NASTA, reviderat("2026-08-01"), beslut("2026-08-01", "B2")) == []


def test_what_is_done_late_or_since_the_meeting_is_done() -> None:
    mote_fore = (mote("2026-07-15"), *ETT_SAMTAL)
    assert fel(*GRUND, *mote_fore, REVIDERAT, NASTA, reviderat("2026-07-15")) == []
    assert fel(*GRUND, REVIDERAT, NASTA, reviderat("2026-12-01")) == []
    for for_tidigt in ((reviderat("2026-07-14"), *mote_fore), (reviderat("2026-07-21"),)):
        assert fel(*GRUND, *for_tidigt, REVIDERAT, NASTA) == [
            ("uppdrag.ej_reviderat", "UF-2026-07-22")
        ]


def test_a_revision_since_the_uppfoljning_before_is_not_this_ones() -> None:
    forst = uppfoljning("2026-05-22", nasta_steg=["reviderat_uppdrag"])
    mote_fore = (erbjudet("2026-05-01"), mote("2026-05-20"))
    assert fel(*GRUND, *mote_fore, forst, reviderat("2026-06-01"), REVIDERAT, NASTA) == [
        ("uppdrag.ej_reviderat", "UF-2026-07-22")
    ]


def test_for_kontaktperson_and_the_like_the_new_plan_holds_the_uppdrag() -> None:
    ny_plan = om("genomforandeplan.faststalld", "2026-08-01", plan_id="P2", mal=MAL)
    assert fel(*GRUND, REVIDERAT, NASTA, ny_plan) == []
    assert fel(*OPPENVARD, REVIDERAT, NASTA, ny_plan) == [("uppdrag.ej_reviderat", "UF-2026-07-22")]


def test_an_uppfoljning_that_was_replaced_calls_for_nothing() -> None:
    rattad = uppfoljning("2026-07-30", ersatter="UF-2026-07-22")
    assert fel(*GRUND, BADA, rattad, NASTA) == []
    rattad_till = uppfoljning(
        "2026-07-30", ersatter="UF-2026-07-22", nasta_steg=["reviderat_uppdrag"]
    )
    assert fel(*GRUND, BADA, rattad_till) == []


@pytest.mark.parametrize(
    ("nasta_steg", "beslutat", "racker"),
    [
        (["nytt_beslut"], fortsatt("2026-08-20", "2026-09-01"), True),
        (["nytt_beslut", "fortsatt_bistand"], fortsatt("2026-08-20", "2026-09-01"), False),
        (["nytt_beslut", "avslut"], avslut("2026-08-20", "2026-12-31"), False),
        (["nytt_beslut", "fortsatt_bistand"], beslut("2026-08-20", "B2"), True),
        (["nytt_beslut"], beslut("2026-07-21", "B2"), False),
        (["nytt_beslut"], fortsatt("2026-08-20", "2026-09-01", insats_id="I2"), False),
    ],
)
def test_a_new_decision_is_one_beside_those_that_are_steps_of_their_own(
    nasta_steg: list[str], beslutat: Notis, racker: bool
) -> None:
    en = uppfoljning("2026-07-22", nasta_steg=nasta_steg)
    koder = [kod for kod, _ in fel(*GRUND, en, NASTA, beslutat)]
    assert ("beslut.ej_fattat" not in koder) == racker


def test_a_decision_that_only_a_vendor_tells_of_is_a_decision() -> None:
    data = {"beslut_id": "P-7", "beslutstyp": "bifall", "beslutsdatum": "2026-08-20"}
    assert fel(*GRUND, NYTT_BESLUT, NASTA, notis("beslut.registrerat", "2026-08-20", **data)) == []


def test_an_insats_that_ends_is_not_asked_for_what_the_next_uppfoljning_would_be() -> None:
    assert fel(*GRUND, BADA, avsluta("2026-09-30")) == []

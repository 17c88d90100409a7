"""The talk with the child is not held against its wish, nor where it was judged unfit."""

from typing import Any

import pytest

from bbic_bridge.handbook.notiser import Notis
from tests.handbook.avvikelser.test_avvikelser import KF, erbjudet, funna, om, samtal, uppdrag

GRUND = (*KF, uppdrag())
NEJ: dict[str, Any] = {"barnsamtal_id": "BS1", "barnets_svar": "nej"}
OLAMPLIGT: dict[str, Any] = {"barnsamtal_id": "BS1", "halls_inte_for": True}


def fel(*notiser: Notis) -> list[tuple[str, str]]:
    return [(en.kod, en.objekt) for en in funna(*GRUND, *notiser)]


@pytest.mark.parametrize("svar", [NEJ, OLAMPLIGT, {**OLAMPLIGT, "barnets_svar": "ja"}])
def test_a_talk_that_was_not_to_be_held_deviates(svar: dict[str, Any]) -> None:
    (en,) = funna(*GRUND, erbjudet("2026-07-01", **svar), samtal("2026-07-10"))
    assert (en.kod, en.objekt, en.vikt, en.kalla) == (
        "barnsamtal.halls_anda",
        "BS1",
        "bor",
        "A:91",
    )


@pytest.mark.parametrize("svar", ["ja", "inget_svar", None])
def test_a_child_that_does_not_decline_may_be_talked_with(svar: str | None) -> None:
    erbjudet_ = erbjudet("2026-07-01", barnsamtal_id="BS1", barnets_svar=svar)
    assert fel(erbjudet_, samtal("2026-07-10")) == []
    assert fel(samtal("2026-07-10")) == []


def test_the_last_word_before_the_talk_counts() -> None:
    ja = erbjudet("2026-07-05", barnsamtal_id="BS1", barnets_svar="ja")
    assert fel(erbjudet("2026-07-01", **NEJ), ja, samtal("2026-07-10")) == []
    assert fel(ja, erbjudet("2026-07-08", **NEJ), samtal("2026-07-10")) == [
        ("barnsamtal.halls_anda", "BS1")
    ]
    assert fel(ja, samtal("2026-07-10"), erbjudet("2026-12-01", **NEJ)) == []


def test_a_talk_under_another_id_is_the_one_last_offered_of_the_insats() -> None:
    nej = erbjudet("2026-07-01", **NEJ)
    assert fel(nej, samtal("2026-07-10", "BS7")) == [("barnsamtal.halls_anda", "BS7")]
    egen = erbjudet("2026-06-20", barnsamtal_id="BS7", barnets_svar="ja")
    assert fel(nej, egen, samtal("2026-07-10", "BS7")) == []
    annan = om("barnsamtal.erbjudet", "2026-07-01", **NEJ, insats_id="I2")
    assert fel(annan, samtal("2026-07-10", "BS7")) == []

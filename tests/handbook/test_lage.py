"""Where a case stands does not depend on the order in which it was told."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis, notis, notis_av_andring
from tests.handbook.minsta import handelse


class Case:
    """Events in the order of their own times, an hour apart."""

    def __init__(self) -> None:
        self.notiser: list[Notis] = []

    def tell(self, typ: str, **andrat: Any) -> "Case":
        tid = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=len(self.notiser))
        event = handelse(typ, **andrat) | {"time": tid.isoformat()}
        made = notis(f"R{len(self.notiser):02}", parse_event(event))
        assert made is not None
        self.notiser.append(made)
        return self

    def vendor(self, kind: str, **data: Any) -> "Case":
        tid = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=len(self.notiser))
        made = notis_av_andring(f"v:{len(self.notiser):02}", kind, tid, data)
        assert made is not None
        self.notiser.append(made)
        return self

    @property
    def lage(self) -> Lage:
        return Lage(self.notiser)


def a_case() -> Case:
    return (
        Case()
        .tell("beslut.fattat", till="2026-08-31")
        .tell("beslut.verkstall")
        .tell("insats.startad")
        .tell("beslut.fortsatt_bistand", till="2027-02-28")
        .tell("beslut.avslut")
        .tell("insats.avsluta")
    )


def test_an_insats_has_its_kind_start_end_and_decisions() -> None:
    lage = a_case().lage
    insats = lage.insatser["I1"]
    assert (insats.insatstyp, insats.start, insats.slut) == (
        "kontaktfamilj",
        date(2026, 3, 3),
        date(2027, 2, 28),
    )
    assert not insats.antagen
    assert [ett.beslut_id for ett in lage.beslut_om("I1")] == ["B1", "B2", "B3"]
    assert [ett.gynnande for ett in lage.beslut.values()] == [True, True, False]


def test_without_a_told_start_the_execution_tells_it() -> None:
    insats = Case().tell("beslut.verkstall").lage.insatser["I1"]
    assert (insats.start, insats.antagen) == (date(2026, 3, 1), True)


def test_the_order_of_arrival_changes_nothing() -> None:
    notiser = a_case().notiser
    whole = Lage(notiser)
    for seed in range(20):
        shuffled = random.Random(seed).sample(notiser, len(notiser))
        lage = Lage(shuffled)
        assert lage.beslut == whole.beslut
        assert lage.insatser == whole.insatser
        assert lage.verkstalligheter == whole.verkstalligheter


def test_a_decision_first_made_at_the_vendor_counts() -> None:
    case = Case().vendor(
        "beslut_registrerat",
        beslut_id="procapita-7",
        beslutstyp="bifall",
        insatstyp="oppenvard",
        beslutsdatum="2026-02-01",
        fran="2026-02-10",
    )
    beslut = case.lage.beslut["procapita-7"]
    assert (beslut.gynnande, beslut.insatstyp) == (True, "oppenvard")


def test_our_own_word_of_a_decision_stands_and_the_others_are_kept() -> None:
    case = Case().vendor(
        "beslut_registrerat", beslut_id="B1", beslutstyp="avslag", beslutsdatum="2026-02-01"
    )
    case.tell("beslut.fattat")
    beslut = case.lage.beslut["B1"]
    assert beslut.beslutstyp == "bifall"
    assert [en.typ for en in beslut.andra] == ["beslut.registrerat"]


def test_an_execution_may_be_partial() -> None:
    case = Case().tell("beslut.verkstall")
    (verkstallighet,) = case.lage.verkstalligheter["B1"]
    assert (verkstallighet.fran, verkstallighet.delvis) == (date(2026, 3, 1), False)


def test_of_several_words_the_latest_before_the_execution_stands() -> None:
    case = Case().tell("beslut.fattat", till="2026-08-31").tell("beslut.fattat", till="2026-12-31")
    assert case.lage.beslut["B1"].till == date(2026, 12, 31)
    case.tell("beslut.verkstall").tell("beslut.fattat", till="2027-06-30")
    beslut = case.lage.beslut["B1"]
    assert beslut.till == date(2026, 12, 31)
    assert [en.rad for en in beslut.andra] == ["R00", "R03"]
    assert Lage(case.notiser[::-1]).beslut == case.lage.beslut


def test_the_word_that_was_executed_stands_though_it_is_told_late() -> None:
    case = Case().tell("beslut.verkstall").tell("beslut.fattat", till="2026-08-31")
    case.tell("beslut.fattat", till="2026-12-31")
    assert case.lage.beslut["B1"].till == date(2026, 8, 31)

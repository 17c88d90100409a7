"""Each rule across documents: a case that keeps it, one that breaks it, and when it shows."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from bbic_bridge.handbook.avvikelser import avvikelser
from bbic_bridge.handbook.avvikelser.slag import SLAG, Avvikelse
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis, digest
from tests.handbook.fall import avslut, avsluta, beslut, fortsatt, notis, verkstall

MAL = [{"mal_id": "M1", "text": digest("Målet.")}]
SKOLA = [{"mal_id": "M2", "text": digest("Alva går i skolan.")}]


def om(typ: str, dag: str, **data: Any) -> Notis:
    """An event about the insats, dated the day it was told."""
    return notis(typ, dag, **{"insats_id": "I1", "datum": dag, **data})


def underlag(dag: str = "2026-01-20") -> Notis:
    return notis("beslutsunderlag.upprattat", dag, beslutsunderlag_id="BU1", datum=dag, mal=MAL)


def samtyckt(*dagar: str, matchning_id: str = "MA1") -> Notis:
    """The child's consent on the first day, and a vårdnadshavare's on each."""
    samtycken = [{"roll": "vardnadshavare", "datum": dag} for dag in dagar]
    samtycken.append({"roll": "barn", "datum": dagar[0]})
    return notis("matchning.samtyckt", dagar[0], matchning_id=matchning_id, samtycken=samtycken)


def uppdrag(insatstyp: str = "kontaktfamilj") -> Notis:
    data = {"uppdrag_id": "U1", "beslut_id": "B1", "insatstyp": insatstyp, "mal": MAL}
    return om("uppdrag.upprattat", "2026-02-20", **data)


def kallat(**data: Any) -> Notis:
    return om("uppstartsmote.kallat", "2026-02-20", **{"mote_id": "S1", **data})


def uppstart(**data: Any) -> Notis:
    return om("uppstartsmote.genomfort", "2026-03-01", **{"mote_id": "S1", **data})


def plan(**data: Any) -> Notis:
    sagt = {"plan_id": "P1", "mal": MAL, **data}
    return om("genomforandeplan.faststalld", "2026-03-10", **sagt)


def vardplan(dag: str = "2026-01-25", vardplan_id: str = "VP1", **data: Any) -> Notis:
    sagt = {"vardplan_id": vardplan_id, "datum": dag, "mal": [*MAL, *SKOLA], **data}
    return notis("vardplan.upprattad", dag, **sagt)


def bokat() -> Notis:
    return notis("uppfoljningsmote.bokat", "2026-03-01", insats_id="I1", mote_id="M1")


def erbjudet(dag: str, **data: Any) -> Notis:
    return om("barnsamtal.erbjudet", dag, **{"barnsamtal_id": f"BS-{dag}", **data})


def samtal(dag: str, barnsamtal_id: str = "BS1") -> Notis:
    return om("barnsamtal.genomfort", dag, barnsamtal_id=barnsamtal_id)


def reviderat(dag: str) -> Notis:
    data = {"uppdrag_id": "U2", "ersatter": "U1", "insatstyp": "kontaktfamilj", "mal": MAL}
    return om("uppdrag.reviderat", dag, **data)


def aterkallat(dag: str, uppdrag_id: str = "U1") -> Notis:
    return notis("uppdrag.aterkallat", dag, uppdrag_id=uppdrag_id, datum=dag)


def mote(dag: str) -> Notis:
    return om("uppfoljningsmote.genomfort", dag, mote_id=f"M-{dag}")


def uppfoljning(dag: str, **data: Any) -> Notis:
    sagt = {"uppfoljning_id": f"UF-{dag}", "mal": MAL, **data}
    return om("uppfoljning.dokumenterad", dag, **sagt)


def inledd(dag: str, **data: Any) -> Notis:
    return notis("utredning.inledd", dag, utredning_id="UTR2", datum=dag, **data)


def aktualiserat(dag: str) -> Notis:
    return notis("arende.aktualiserat", dag, aktualisering_id="AKT2", datum=dag)


def kopia(*roller: str, beslut_id: str = "B2") -> Notis:
    mottagare = [{"roll": roll} for roll in roller or ("familjehemssekreterare", "god_man")]
    dag = "2026-08-25"
    return notis("kopia.lamnad", dag, beslut_id=beslut_id, datum=dag, mottagare=mottagare)


def avtal(dag: str, fran: str, **data: Any) -> Notis:
    return notis("avtal.upprattat", dag, avtal_id=f"A-{dag}", datum=dag, fran=fran, **data)


def foreslagen(matchning_id: str, resurs_id: str | None = None) -> Notis:
    dag = "2026-01-10"
    sagt = {"matchning_id": matchning_id, "resurs_id": resurs_id, "datum": dag}
    return notis("matchning.foreslagen", dag, **sagt)


def tackar_nej(**data: Any) -> Notis:
    nej = avslut("2026-09-01", "2026-09-30")
    data = {"orsak": "familjen_tackar_nej", "oro_for_barnet": True, **data}
    return Notis(nej.rad, nej.typ, nej.tid, {**nej.data, **data})


def hvb_plan(*mal: str) -> Notis:
    malen = [{"mal_id": text, "text": digest(text)} for text in mal]
    data = {"plan_id": "P1", "insatstyp": "hvb", "mal": [*MAL, *malen]}
    return om("genomforandeplan.aterlamnad", "2026-03-10", **data)


def undertecknad(*roller: str) -> Notis:
    skrivit = [{"roll": roll} for roll in roller or ("vardnadshavare", "socialsekreterare")]
    data = {"plan_id": "P1", "insatstyp": "hvb", "underskrifter": skrivit}
    return om("genomforandeplan.undertecknad", "2026-03-20", **data)


def funna(*notiser: Notis) -> tuple[Avvikelse, ...]:
    """The same in whatever order they came."""
    alla = avvikelser(Lage(notiser))
    for seed in range(3):
        blandade = random.Random(seed).sample(notiser, len(notiser))
        assert avvikelser(Lage(blandade)) == alla
    return alla


# Each rule: what is there, what keeps it beside that, what breaks it, and the events that show it.
FATTAT, VERKSTALLT = beslut("2026-02-15"), verkstall("2026-03-01")
KF = (underlag(), samtyckt("2026-02-01"), FATTAT, VERKSTALLT)
PROLONGED = (*KF, uppdrag(), fortsatt("2026-08-20", "2026-09-01"))
HVB = (
    underlag(),
    beslut("2026-02-15", insatstyp="hvb"),
    verkstall("2026-03-01", insatstyp="hvb"),
    uppdrag("hvb"),
)
Fall = tuple[tuple[Notis, ...], tuple[Notis, ...], tuple[Notis, ...], str, Notis]
M1, M2 = mote("2026-07-20"), mote("2026-12-20")
UF1, UF2 = uppfoljning("2026-07-22"), uppfoljning("2026-12-22")
ETT_SAMTAL = (erbjudet("2026-07-01"), erbjudet("2026-12-01"))
INLEDD = inledd("2026-07-23")
NYA_BEHOV = uppfoljning("2026-07-22", nasta_steg=["ny_utredning"])
SLUT, SLUT_2027 = avsluta("2026-09-30"), avsluta("2027-01-31")
UPPSTART, PLAN = uppstart(mote_id="S2"), plan()
FOR_TIDIGT = avtal("2026-01-31", "2026-03-01", matchning_id="MA1")
VARDEN = (*HVB, vardplan())
OPPENVARD = (
    underlag(),
    beslut("2026-02-15", insatstyp="oppenvard"),
    verkstall("2026-03-01", insatstyp="oppenvard"),
    uppdrag("oppenvard"),
)
SENT = om("genomforandeplan.faststalld", "2026-04-02", plan_id="P2", uppdrag_id="U1", mal=MAL)
SAMTAL = samtal("2026-07-10")
DELMAL = [{**MAL[0], "delmal": [{"delmal_id": "D1", "text": digest("Alva sover över.")}]}]
ANDRING = uppfoljning("2026-07-22", nasta_steg=["reviderat_uppdrag"])
NYTT_BESLUT = uppfoljning("2026-07-22", nasta_steg=["nytt_beslut"])
FALL: dict[str, Fall] = {
    "vardplan.mal_utan_insats": (VARDEN, (plan(mal=[*MAL, *SKOLA]), UF1), (UF1,), "M2", UF1),
    "avtal.fore_samtycke": (
        (*KF, avtal("2026-02-01", "2026-03-01", matchning_id="MA1")),
        (avtal("2026-02-02", "2026-03-01", matchning_id="MA1"),),
        (FOR_TIDIGT,),
        "A-2026-01-31",
        FOR_TIDIGT,
    ),
    "beslut.utan_underlag": (
        (samtyckt("2026-02-01"), FATTAT, VERKSTALLT),
        (underlag("2026-02-15"),),
        (underlag("2026-02-16"),),
        "B1",
        VERKSTALLT,
    ),
    "samtycke.saknas": (
        (underlag(), FATTAT, VERKSTALLT),
        (samtyckt("2026-02-01", "2026-02-15"),),
        (samtyckt("2026-02-01", "2026-02-16"),),
        "B1",
        FATTAT,
    ),
    "uppdrag.saknas": (KF, (uppdrag(), UF1), (UF1,), "I1", UF1),
    "uppdrag.upphort": (
        (*OPPENVARD, aterkallat("2026-04-01")),
        (plan(uppdrag_id="U1"),),
        (SENT,),
        "P2",
        SENT,
    ),
    "uppstartsmote.ej_kallat": (
        (*KF, uppdrag(), verkstall("2026-03-01", "B5", "I2")),
        (uppstart(), kallat()),
        (UPPSTART, kallat(insats_id="I2")),
        "S2",
        UPPSTART,
    ),
    "uppfoljningsmote.ej_bokat": (
        (*KF, uppdrag(), kallat(), uppstart()),
        (bokat(), PLAN),
        (PLAN,),
        "S1",
        PLAN,
    ),
    "plan.ej_undertecknad": (
        (*HVB, hvb_plan("Eget mål.")),
        (undertecknad(), UF1),
        (UF1,),
        "P1",
        UF1,
    ),
    "barnsamtal.ej_erbjudet": (
        (*KF, uppdrag(), UF1, UF2, M1, erbjudet("2026-07-20")),
        (erbjudet("2026-12-20"), M2),
        (M2,),
        "M-2026-12-20",
        M2,
    ),
    "barnsamtal.halls_anda": (
        (*KF, uppdrag(), erbjudet("2026-07-01", barnsamtal_id="BS1", barnets_svar="nej")),
        (erbjudet("2026-07-08", barnsamtal_id="BS1", barnets_svar="ja"), SAMTAL),
        (SAMTAL,),
        "BS1",
        SAMTAL,
    ),
    "delmal.utan_resultat": (
        (*KF, uppdrag(), plan(mal=DELMAL)),
        (uppfoljning("2026-07-22", mal=DELMAL),),
        (UF1,),
        "D1",
        UF1,
    ),
    "uppdrag.ej_reviderat": (
        (*KF, uppdrag(), ANDRING),
        (reviderat("2026-08-01"), UF2),
        (UF2,),
        "UF-2026-07-22",
        UF2,
    ),
    "beslut.ej_fattat": (
        (*KF, uppdrag(), NYTT_BESLUT),
        (beslut("2026-08-01", "B2"), UF2),
        (UF2,),
        "UF-2026-07-22",
        UF2,
    ),
    "uppfoljning.ej_dokumenterad": (
        (*KF, uppdrag(), *ETT_SAMTAL, M1),
        (uppfoljning("2026-07-19"), M2),
        (M2,),
        "M-2026-07-20",
        M2,
    ),
    "kopia.ej_lamnad": (
        (*PROLONGED, avtal("2026-08-22", "2026-09-01")),
        (kopia(), UF2),
        (UF2,),
        "B2",
        UF2,
    ),
    "avtal.ej_fornyat": (
        (*PROLONGED, kopia(), avtal("2026-02-10", "2026-03-01")),
        (avtal("2026-08-10", "2026-09-01"), UF2),
        (UF2,),
        "B2",
        UF2,
    ),
    "behov.ej_aktualiserat": (
        (*KF, uppdrag(), *ETT_SAMTAL, M1, NYA_BEHOV, aktualiserat("2026-01-05")),
        (aktualiserat("2026-05-01"), INLEDD),
        (INLEDD,),
        "UF-2026-07-22",
        INLEDD,
    ),
    "utredning.ej_inledd": (
        (*KF, uppdrag(), inledd("2026-01-05"), tackar_nej()),
        (inledd("2026-09-01"), SLUT),
        (SLUT,),
        "B9",
        SLUT,
    ),
}

PARTEN = "vårdnadshavare eller god man"
SAKNAS = {
    "kopia.ej_lamnad": f"familjehemssekreteraren och {PARTEN}",
    "plan.ej_undertecknad": f"{PARTEN} och socialsekreteraren",
}


@pytest.mark.parametrize("kod", FALL)
def test_a_rule_is_kept_or_broken_and_shows_with_the_event_that_misses_it(kod: str) -> None:
    grund, haller, bryter, objekt, visar = FALL[kod]
    assert funna(*grund, *haller) == ()
    (en,) = funna(*grund, *bryter)
    assert (en.kod, en.objekt, en.rad) == (kod, objekt, visar.rad)
    text = SLAG[kod].text.format(saknas=SAKNAS.get(kod), dokument="genomförandeplanen")
    assert (en.text, en.kalla, en.vikt) == (text, SLAG[kod].kalla, SLAG[kod].vikt)


@pytest.mark.parametrize("kod", FALL)
def test_nothing_is_missed_before_the_event_that_should_have_come_after(kod: str) -> None:
    grund, _, _, _, visar = FALL[kod]
    assert funna(*(en for en in grund if en is not visar)) == ()


def test_every_kind_of_deviation_has_its_case() -> None:
    av_mal = {kod for kod in SLAG if kod.startswith(("mal.", "bedomning."))}
    av_beslut = {"beslut.andrat", "beslut.andrat_efter_verkstallighet"}
    av_avslut = {"avslut.ej_i_uppfoljning"}
    assert set(FALL) | av_mal | av_beslut | av_avslut == set(SLAG)


def test_an_uppdrag_older_than_the_bridge_is_not_missed() -> None:
    assert funna(verkstall("2026-03-01"), uppfoljning("2026-07-22")) == ()


def test_a_call_that_names_another_meeting_of_the_same_insats_is_a_call() -> None:
    assert funna(*KF, uppdrag(), kallat(mote_id="S0"), uppstart()) == ()


def test_a_meeting_booked_at_the_uppstartsmote_itself_is_booked() -> None:
    med = uppstart(uppfoljningsmote_bokat="2026-08-01T10:00:00+02:00")
    assert funna(*KF, uppdrag(), kallat(), med, plan()) == ()


def test_a_talk_that_was_held_was_offered() -> None:
    assert funna(*KF, uppdrag(), UF1, samtal("2026-07-10"), M1) == ()


def test_a_talk_is_asked_of_kontaktperson_and_the_like() -> None:
    slag = {"insatstyp": "oppenvard"}
    grund = (underlag(), beslut("2026-02-15", **slag), verkstall("2026-03-01", **slag))
    assert funna(*grund, uppdrag("oppenvard"), M1, UF1) == ()


def test_new_needs_ask_for_a_new_utredning_by_the_next_uppfoljning() -> None:
    grund = (*KF, uppdrag(), *ETT_SAMTAL, M1, NYA_BEHOV)
    assert funna(*grund) == ()
    assert funna(*grund, aktualiserat("2026-07-20"), inledd("2026-07-20"), M2, UF2) == ()
    assert funna(*grund, inledd("2026-06-01", insats_id="I1"), M2, UF2) == ()
    (en,) = funna(*grund, inledd("2026-06-01"), M2, UF2)
    assert (en.kod, en.objekt, en.rad) == ("utredning.ej_inledd", "UF-2026-07-22", M2.rad)


@pytest.mark.parametrize("utan", [{"oro_for_barnet": False}, {"orsak": "mal_uppfyllda"}])
def test_no_worry_no_utredning(utan: dict[str, Any]) -> None:
    assert funna(*KF, uppdrag(), tackar_nej(**utan), SLUT) == ()


def test_copies_and_avtal_are_those_of_the_match() -> None:
    slag = {"insatstyp": "oppenvard"}
    grund = (underlag(), beslut("2026-02-15", **slag), verkstall("2026-03-01", **slag))
    langre = fortsatt("2026-08-20", "2026-09-01", **slag)
    assert funna(*grund, uppdrag("oppenvard"), langre, UF2) == ()


SEKR, BARNET, VARDNADSHAVARE = "familjehemssekreterare", "barn", "vardnadshavare"


@pytest.mark.parametrize("part", [VARDNADSHAVARE, "god_man"])
def test_copies_may_be_handed_out_one_by_one(part: str) -> None:
    grund = (*PROLONGED, avtal("2026-08-22", "2026-09-01"), UF2)
    assert funna(*grund, kopia(SEKR), kopia(part)) == ()
    assert funna(*grund, kopia(SEKR, part)) == ()


@pytest.mark.parametrize(
    ("lamnad", "saknas"),
    [
        (kopia(SEKR), PARTEN),
        (kopia(SEKR, "kontaktfamilj"), PARTEN),
        (kopia(SEKR, BARNET), PARTEN),
        (kopia(BARNET, VARDNADSHAVARE), "familjehemssekreteraren"),
        (kopia(SEKR, PARTEN, beslut_id="B1"), f"familjehemssekreteraren och {PARTEN}"),
    ],
)
def test_who_has_no_copy_is_named(lamnad: Notis, saknas: str) -> None:
    (en,) = funna(*PROLONGED, avtal("2026-08-22", "2026-09-01"), UF2, lamnad)
    text = f"Kopia av beslutet om fortsatt bistånd är inte lämnad till {saknas}"
    assert (en.kod, en.vikt, en.text) == ("kopia.ej_lamnad", "ska", text)


def test_a_child_that_consented_alone_is_the_one_to_have_a_copy() -> None:
    utan = {"vardnadshavares_samtycke_saknas_for": True}
    sjalv = notis("matchning.samtyckt", "2026-02-01", **{**KF[1].data, **utan})
    grund = (KF[0], sjalv, *PROLONGED[2:], avtal("2026-08-22", "2026-09-01"), UF2)
    assert funna(*grund, kopia(SEKR, BARNET)) == ()
    (en,) = funna(*grund, kopia(SEKR))
    assert (en.kod, en.text.rpartition(" till ")[2]) == ("kopia.ej_lamnad", "barnet")


SENARE = (*KF, samtyckt("2026-06-01", matchning_id="MA2"))


@pytest.mark.parametrize(
    ("grund", "data"),
    [
        pytest.param(SENARE, {"matchning_id": "MA1"}, id="the match it names"),
        pytest.param(SENARE, {}, id="none named, and one of the matches was consented to"),
        pytest.param(
            (*SENARE, foreslagen("MA1", "R1"), foreslagen("MA2", "R2")),
            {"resurs_id": "R1"},
            id="none named, and the resurs is that of the earlier match",
        ),
        pytest.param(
            (*KF[:1], samtyckt("2026-06-01"), foreslagen("MA1", "R1")),
            {"resurs_id": "R9"},
            id="none named, and the resurs is of no match",
        ),
        pytest.param(
            (samtyckt("2026-06-01"), foreslagen("MA2")),
            {},
            id="it may be of a match whose consent is not told",
        ),
        pytest.param(KF[:1], {"matchning_id": "MA1"}, id="no consent is told"),
        pytest.param(KF[:1], {}, id="no match is told"),
    ],
)
def test_an_avtal_keeps_to_what_can_be_known_of_its_match(
    grund: tuple[Notis, ...], data: dict[str, str]
) -> None:
    assert funna(*grund, avtal("2026-02-05", "2026-03-01", **data)) == ()


@pytest.mark.parametrize(
    ("grund", "data"),
    [
        pytest.param((samtyckt("2026-06-01", "2026-01-02"),), {"matchning_id": "MA1"}, id="last"),
        pytest.param(
            (samtyckt("2026-01-02"), samtyckt("2026-06-01")),
            {"matchning_id": "MA1"},
            id="told apart",
        ),
        pytest.param(SENARE, {"matchning_id": "MA2"}, id="the match it names"),
        pytest.param((samtyckt("2026-06-01"),), {}, id="the only match"),
        pytest.param(
            (*SENARE, foreslagen("MA1", "R1"), foreslagen("MA2", "R2")),
            {"resurs_id": "R2"},
            id="the match of its resurs",
        ),
        pytest.param(
            (samtyckt("2026-06-01"), samtyckt("2026-07-01", matchning_id="MA2")),
            {},
            id="whichever match it is of",
        ),
    ],
)
def test_an_avtal_before_the_last_consent_deviates(
    grund: tuple[Notis, ...], data: dict[str, str]
) -> None:
    for_tidigt = avtal("2026-02-05", "2026-03-01", **data)
    (en,) = funna(*grund, for_tidigt)
    assert (en.kod, en.objekt, en.rad) == ("avtal.fore_samtycke", "A-2026-02-05", for_tidigt.rad)


def test_each_uppfoljningsmote_asks_for_an_uppfoljning_of_its_own() -> None:
    grund = (*KF, uppdrag(), *ETT_SAMTAL, M1, UF1, M2, SLUT_2027)
    (en,) = funna(*grund)
    assert (en.kod, en.objekt) == ("uppfoljning.ej_dokumenterad", "M-2026-12-20")
    assert funna(*grund, UF2) == ()
    (en,) = funna(*KF, uppdrag(), *ETT_SAMTAL, M1, M2, UF2)
    assert (en.kod, en.objekt) == ("uppfoljning.ej_dokumenterad", "M-2026-07-20")


def test_an_avtal_drawn_up_since_the_decision_is_new_whenever_it_begins() -> None:
    assert funna(*PROLONGED, kopia(), avtal("2026-08-20", "2026-08-20"), UF2) == ()


def test_what_a_late_event_explains_is_no_deviation() -> None:
    utan: Callable[..., tuple[Avvikelse, ...]] = funna
    grund = (*KF, uppdrag(), *ETT_SAMTAL, M1, M2)
    assert [en.kod for en in utan(*grund)] == ["uppfoljning.ej_dokumenterad"]
    assert utan(*grund, uppfoljning("2026-07-25")) == ()

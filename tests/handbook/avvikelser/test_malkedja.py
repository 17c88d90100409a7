"""Mål and bedömning are carried over byte for byte, but where the handbook lets them change."""

import random
from typing import Any

import pytest

from bbic_bridge.handbook.avvikelser import Avvikelse, Plats
from bbic_bridge.handbook.avvikelser.malkedja import mal_och_bedomning
from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis, digest, notis_av_andring
from bbic_bridge.handbook.notiser import notis as notis_av_handelse
from tests.handbook.fall import beslut, notis
from tests.handbook.minsta import handelse

VUXEN = "Alva har en vuxen att lita på."
LAXOR = "Alva gör sina läxor."


def mal(**texter: str) -> list[dict[str, str]]:
    return [{"mal_id": mal_id, "text": digest(text)} for mal_id, text in texter.items()]


def underlag(dag: str = "2026-02-01", bu: str = "BU1", **sagt: Any) -> Notis:
    sagt = {"mal": mal(M1=VUXEN), "bedomning": digest("Alva behöver fler vuxna."), **sagt}
    return notis("beslutsunderlag.upprattat", dag, beslutsunderlag_id=bu, datum=dag, **sagt)


def uppdrag(dag: str = "2026-02-20", uppdrag_id: str = "U1", **sagt: Any) -> Notis:
    typ = "uppdrag.reviderat" if "ersatter" in sagt else "uppdrag.upprattat"
    sagt = {
        "beslut_id": "B1",
        "insats_id": "I1",
        "insatstyp": "kontaktfamilj",
        "mal": mal(M1=VUXEN),
        "bedomning": digest("Alva behöver fler vuxna."),
        **sagt,
    }
    return notis(typ, dag, uppdrag_id=uppdrag_id, datum=dag, **sagt)


def aterkallat(dag: str, uppdrag_id: str) -> Notis:
    return notis("uppdrag.aterkallat", dag, uppdrag_id=uppdrag_id, datum=dag)


def plan(dag: str = "2026-03-10", typ: str = "faststalld", **sagt: Any) -> Notis:
    sagt = {"plan_id": "P1", "insats_id": "I1", "insatstyp": "kontaktfamilj", **sagt}
    return notis(f"genomforandeplan.{typ}", dag, datum=dag, **{"mal": mal(M1=VUXEN), **sagt})


def uppfoljning(dag: str = "2026-07-22", **sagt: Any) -> Notis:
    sagt = {"uppfoljning_id": "UF1", "insats_id": "I1", "mal": mal(M1=VUXEN), **sagt}
    return notis("uppfoljning.dokumenterad", dag, datum=dag, **sagt)


def funna(*notiser: Notis) -> set[Avvikelse]:
    """The same in whatever order they came."""
    alla = set(mal_och_bedomning(Lage(notiser)))
    for seed in range(5):
        blandade = random.Random(seed).sample(notiser, len(notiser))
        assert set(mal_och_bedomning(Lage(blandade))) == alla
    return alla


def koder(*notiser: Notis) -> list[tuple[str, str]]:
    return sorted((en.kod, en.objekt) for en in funna(*notiser))


def test_what_is_carried_over_unchanged_deviates_nowhere() -> None:
    assert koder(underlag(), beslut("2026-02-15"), uppdrag(), plan(), uppfoljning()) == []


def test_a_reworded_goal_shows_where_it_was_reworded_and_both_places() -> None:
    bu, senare = underlag(), uppdrag(mal=mal(M1=VUXEN + " "))
    (en,) = funna(bu, senare, plan(mal=mal(M1=VUXEN + " ")))
    assert (en.kod, en.objekt, en.rad) == ("mal.andrat", "M1", senare.rad)
    assert en.jamfor == (Plats(bu.rad, "/mal/0/text"), Plats(senare.rad, "/mal/0/text"))
    assert en.text == "Målet lyder inte likadant i uppdraget som i beslutsunderlaget"


@pytest.mark.parametrize("senare", [plan, uppfoljning], ids=["plan", "uppfoljning"])
def test_plan_and_uppfoljning_are_held_to_the_uppdrag(senare: Any) -> None:
    givet = uppdrag(mal=mal(M1=VUXEN, M2=LAXOR))
    assert koder(givet, senare(mal=mal(M2=LAXOR, M1=VUXEN))) == []
    assert koder(givet, senare(mal=mal(M1=VUXEN, M2="Annat."))) == [("mal.andrat", "M2")]
    assert koder(givet, senare(mal=mal(M1=VUXEN))) == [("mal.saknas", "M2")]
    ett_till = mal(M1=VUXEN, M2=LAXOR, M3="Eget.")
    assert koder(givet, senare(mal=ett_till)) == [("mal.tillagt", "M3")]


@pytest.mark.parametrize("senare", [plan, uppfoljning], ids=["plan", "uppfoljning"])
def test_the_same_words_under_another_id_are_no_change(senare: Any) -> None:
    givet = uppdrag(mal=mal(M1=VUXEN, M2=LAXOR))
    assert koder(givet, senare(mal=mal(A1=VUXEN, M2=LAXOR))) == []
    assert koder(givet, senare(mal=mal(A1=LAXOR, A2=VUXEN))) == []
    assert koder(underlag(), uppdrag(mal=mal(A1=VUXEN))) == []


@pytest.mark.parametrize("senare", [plan, uppfoljning], ids=["plan", "uppfoljning"])
def test_another_id_hides_neither_a_removal_nor_a_rewording(senare: Any) -> None:
    givet = uppdrag(mal=mal(M1=VUXEN, M2=LAXOR))
    assert koder(givet, senare(mal=mal(A1=VUXEN))) == [("mal.saknas", "M2")]
    assert koder(givet, senare(mal=mal(A1=VUXEN + " ", M2=LAXOR))) == [
        ("mal.saknas", "M1"),
        ("mal.tillagt", "A1"),
    ]
    assert koder(givet, senare(mal=mal(M2=VUXEN))) == [("mal.andrat", "M2"), ("mal.saknas", "M1")]
    tva_lika = uppdrag(mal=mal(M1=VUXEN, M2=VUXEN))
    assert koder(tva_lika, senare(mal=mal(A1=VUXEN))) == [("mal.saknas", "M2")]


def test_a_shared_goal_may_stand_in_the_other_uppdrag_under_another_id() -> None:
    bu = underlag(mal=mal(M1=VUXEN, M2=LAXOR))
    andra = uppdrag("2026-02-21", "U2", beslut_id="B2", insats_id="I2", mal=mal(A2=LAXOR))
    startad = notis("insats.startad", "2026-03-01", insats_id="I1", datum="2026-03-01")
    assert koder(bu, uppdrag(), startad) == [("mal.saknas", "M2")]
    assert koder(bu, uppdrag(), andra, startad) == []


def test_what_is_missing_or_new_has_one_place() -> None:
    givet, foljd = uppdrag(mal=mal(M1=VUXEN)), uppfoljning(mal=mal(M2=LAXOR))
    platser = {en.kod: en.jamfor for en in funna(givet, foljd)}
    assert platser == {
        "mal.saknas": (Plats(givet.rad, "/mal/0/text"), None),
        "mal.tillagt": (None, Plats(foljd.rad, "/mal/0/text")),
    }


def test_the_bedomning_is_carried_over_to_the_uppdrag() -> None:
    bu, givet = underlag(), uppdrag(bedomning=digest("Alva behöver vuxna."))
    (en,) = funna(bu, givet)
    assert (en.kod, en.objekt) == ("bedomning.andrad", "U1")
    assert en.jamfor == (Plats(bu.rad, "/bedomning"), Plats(givet.rad, "/bedomning"))


def test_nothing_deviates_before_both_documents_are_there() -> None:
    annat = mal(M1="Annat.")
    assert koder(underlag(), uppfoljning(mal=annat)) == []
    assert koder(uppdrag(mal=annat), uppfoljning(mal=annat)) == []
    namner_okant = uppfoljning(uppdrag_id="U9", mal=mal(M1="Något."))
    assert koder(uppdrag(), namner_okant) == []
    pa_okant = beslut("2026-02-15", beslutsunderlag_id="BU2")
    assert koder(underlag(), pa_okant, uppdrag(mal=annat)) == []


def test_a_revised_uppdrag_may_differ_and_is_what_counts_from_its_day() -> None:
    reviderat = uppdrag("2026-05-01", "U2", ersatter="U1", mal=mal(M1=LAXOR), bedomning="x")
    alla = (underlag(), uppdrag(), reviderat)
    assert koder(*alla, uppfoljning(mal=mal(M1=LAXOR))) == []
    assert koder(*alla, uppfoljning(mal=mal(M1=VUXEN))) == [("mal.andrat", "M1")]
    assert koder(*alla, uppfoljning("2026-04-30", mal=mal(M1=LAXOR))) == [("mal.andrat", "M1")]
    assert koder(*alla, uppfoljning("2026-05-01", mal=mal(M1=VUXEN))) == []


def test_a_version_told_late_counts_by_its_own_day() -> None:
    alla = (
        uppdrag(),
        uppfoljning(mal=mal(M1=LAXOR)),
        uppdrag("2026-05-01", "U2", ersatter="U1", mal=mal(M1=LAXOR)),
    )
    assert koder(*alla[:2]) == [("mal.andrat", "M1")]
    assert koder(*alla) == []


def test_a_withdrawn_version_does_not_count() -> None:
    reviderat = uppdrag("2026-05-01", "U2", ersatter="U1", mal=mal(M1=LAXOR))
    alla = (uppdrag(), reviderat, aterkallat("2026-06-01", "U2"))
    assert koder(*alla, uppfoljning(mal=mal(M1=VUXEN))) == []
    assert koder(*alla, uppfoljning(mal=mal(M1=LAXOR))) == [("mal.andrat", "M1")]


def test_what_has_ended_is_still_followed_up_against() -> None:
    alla = (uppdrag(), aterkallat("2026-06-01", "U1"))
    assert koder(*alla, uppfoljning(mal=mal(M1=VUXEN))) == []
    assert koder(*alla, uppfoljning(mal=mal(M1=LAXOR))) == [("mal.andrat", "M1")]


def test_an_uppfoljning_that_names_an_old_version_is_held_to_the_one_in_force() -> None:
    reviderat = uppdrag("2026-05-01", "U2", ersatter="U1", mal=mal(M1=LAXOR))
    gammal = uppfoljning(uppdrag_id="U1", mal=mal(M1=VUXEN))
    assert koder(uppdrag(), reviderat, gammal) == [("mal.andrat", "M1")]


def test_two_uppdrag_of_one_insats_are_kept_apart_by_name() -> None:
    annat = uppdrag(uppdrag_id="U7", mal=mal(M7=LAXOR))
    assert koder(uppdrag(), annat, uppfoljning(uppdrag_id="U7", mal=mal(M7=LAXOR))) == []
    blandat = koder(uppdrag(), annat, uppfoljning(uppdrag_id="U7", mal=mal(M1=VUXEN)))
    assert blandat == [("mal.saknas", "M7"), ("mal.tillagt", "M1")]


def test_after_a_new_utredning_its_beslutsunderlag_is_the_origin() -> None:
    nytt = underlag("2026-06-01", "BU2", ersatter="BU1", mal=mal(M1=LAXOR), bedomning="ny")
    alla = (underlag(), beslut("2026-02-15", beslutsunderlag_id="BU1"), uppdrag(), nytt)
    assert koder(*alla, plan("2026-06-20", mal=mal(M1=LAXOR))) == []
    assert koder(*alla, uppfoljning(mal=mal(M1=LAXOR))) == []
    assert koder(*alla, plan("2026-05-20", mal=mal(M1=LAXOR))) == [("mal.andrat", "M1")]
    sent = uppdrag("2026-06-10", "U2", mal=mal(M1=VUXEN), bedomning="ny")
    assert koder(*alla, sent) == [("mal.andrat", "M1")]


def test_an_utredning_about_another_insats_excuses_nothing() -> None:
    annat = underlag("2026-06-01", "BU2", mal=mal(M1=LAXOR))
    om_annat = beslut("2026-06-15", "B7", beslutsunderlag_id="BU2", insats_id="I7")
    alla = (underlag(), uppdrag(), annat, om_annat, uppfoljning(mal=mal(M1=LAXOR)))
    assert koder(*alla) == [("mal.andrat", "M1")]


def test_the_uppdrag_of_fortsatt_bistand_has_the_first_decisions_underlag() -> None:
    forst = beslut("2026-02-15", beslutsunderlag_id="BU1")
    sedan = notis(
        "beslut.fortsatt_bistand", "2026-08-20", beslut_id="B2", ersatter="B1", insats_id="I1"
    )
    sedan.data["beslutsdatum"] = "2026-08-20"  # type: ignore[index]
    nytt = uppdrag("2026-09-01", "U2", beslut_id="B2", mal=mal(M1=LAXOR))
    assert koder(underlag(), forst, sedan, nytt) == [("mal.andrat", "M1")]


def test_goals_may_be_shared_between_several_utforare() -> None:
    bu = underlag(mal=mal(M1=VUXEN, M2=LAXOR))
    tva = [
        beslut("2026-02-15", beslutsunderlag_id="BU1"),
        beslut("2026-02-15", "B2", beslutsunderlag_id="BU1", insatstyp="bim_grupp"),
    ]
    forst = uppdrag(mal=mal(M1=VUXEN))
    andra = uppdrag("2026-02-21", "U2", beslut_id="B2", insats_id="I2", mal=mal(M2=LAXOR))
    startad = notis("insats.startad", "2026-03-01", insats_id="I1", datum="2026-03-01")
    assert koder(bu, *tva, forst) == []
    assert koder(bu, *tva, forst, andra, startad) == []
    assert koder(bu, *tva, forst, startad) == [("mal.saknas", "M2")]
    assert koder(bu, *tva, forst, uppdrag("2026-02-21", "U2", insats_id="I2"), startad) == [
        ("mal.saknas", "M2")
    ]


def test_one_utforare_gets_all_goals() -> None:
    bu = underlag(mal=mal(M1=VUXEN, M2=LAXOR))
    assert koder(bu, beslut("2026-02-15"), uppdrag()) == [("mal.saknas", "M2")]


def test_a_hvb_may_formulate_its_own_goals_and_must_not_reword_the_others() -> None:
    givet = uppdrag(insatstyp="hvb")
    eget = mal(M1=VUXEN, H1="Alva lagar mat.")
    aterlamnad = plan(typ="aterlamnad", insatstyp="hvb", mal=eget)
    assert koder(givet, aterlamnad, uppfoljning(mal=eget)) == []
    assert koder(givet, aterlamnad, plan("2026-04-01", insatstyp="hvb", mal=eget)) == []
    bara_egna = plan(typ="aterlamnad", insatstyp="hvb", mal=mal(H1="Alva lagar mat."))
    assert koder(givet, bara_egna, uppfoljning(mal=mal(H1="Alva lagar mat."))) == []
    andrat = plan(typ="aterlamnad", insatstyp="hvb", mal=mal(M1=LAXOR))
    assert koder(givet, andrat) == [("mal.andrat", "M1")]
    assert koder(uppdrag(), plan(typ="aterlamnad", mal=eget)) == [("mal.tillagt", "H1")]


def test_a_vardplans_goals_may_stand_in_uppdrag_and_plan() -> None:
    vardplan = notis(
        "vardplan.upprattad", "2026-02-02", datum="2026-02-02", mal=mal(M1=VUXEN, V1=LAXOR)
    )
    bada = mal(M1=VUXEN, V1=LAXOR)
    assert koder(underlag(), vardplan, uppdrag(mal=bada), plan(mal=bada)) == []
    assert koder(underlag(), uppdrag(mal=bada), plan(mal=bada)) == [("mal.tillagt", "V1")]


def test_a_vendors_plan_is_held_to_the_uppdrag_too() -> None:
    inkommen = {"plan_id": "P1", "uppdrag_id": "U1", "datum": "2026-03-10"}

    def av_leverantor(text: str) -> Notis:
        data = {**inkommen, "mal": [{"mal_id": "M1", "text": text}]}
        gjord = notis_av_andring("treserva:x", "genomforandeplan_upprattad", uppdrag().tid, data)
        assert gjord is not None
        return gjord

    assert koder(uppdrag(), av_leverantor(VUXEN)) == []
    (en,) = funna(uppdrag(), av_leverantor("Alva har en vuxen."))
    assert (en.kod, en.rad) == ("mal.andrat", "treserva:x")
    assert en.text == "Målet lyder inte likadant i genomförandeplanen som i uppdraget"


def test_delmal_priorities_and_the_coming_periods_goals_are_not_compared() -> None:
    def av(typ: str, **data: Any) -> Notis:
        gjord = notis_av_handelse(typ, parse_event(handelse(typ, **data)))
        assert gjord is not None
        return gjord

    ett = {"mal_id": "M1", "text": VUXEN}
    delmal = {**ett, "prioritet": 1, "delmal": [{"delmal_id": "D1", "text": "Första steget."}]}
    resultat = {**ett, "forandring": "ingen_forandring", "resultat": "Oförändrat."}
    alla = (
        av("uppdrag.upprattat", mal=[ett]),
        av("genomforandeplan.faststalld", mal=[delmal]),
        av(
            "uppfoljning.dokumenterad",
            mal=[resultat],
            mal_kommande_period=[{**ett, "text": "Annat."}],
        ),
    )
    assert koder(*alla) == []


def test_a_replaced_beslutsunderlag_is_no_origin() -> None:
    ersatt = underlag("2026-02-05", "BU2", ersatter="BU1", mal=mal(M1=LAXOR))
    fattat = beslut("2026-02-15", beslutsunderlag_id="BU1")
    for alla in ((underlag(), ersatt), (underlag(), ersatt, fattat)):
        assert koder(*alla, uppdrag()) == [("mal.andrat", "M1")]
        assert koder(*alla, uppdrag(mal=mal(M1=LAXOR))) == []


def test_a_plan_dated_before_its_uppdrag_is_compared_all_the_same() -> None:
    assert koder(uppdrag("2026-03-12"), plan("2026-03-10", mal=mal(M1=LAXOR))) == [
        ("mal.andrat", "M1")
    ]


def test_a_plan_that_holds_the_revised_uppdrag_may_differ_and_is_followed_up() -> None:
    nytt: dict[str, Any] = {"mal": mal(M2=LAXOR)}
    senare = uppfoljning("2026-12-01", uppfoljning_id="UF2", **nytt)
    grund = (underlag(), beslut("2026-02-15", insats_id="I1"), uppdrag(), plan())
    ny_plan = plan("2026-08-01", plan_id="P2", **nytt)
    kallat = uppfoljning(nasta_steg=["reviderat_uppdrag"])
    assert koder(*grund, kallat, ny_plan, senare) == []
    gamla = uppfoljning("2026-12-01", uppfoljning_id="UF3")
    assert koder(*grund, kallat, ny_plan, gamla) == []
    assert koder(*grund, uppfoljning(), ny_plan) == [("mal.saknas", "M1"), ("mal.tillagt", "M2")]
    oppenvard: dict[str, Any] = {"insatstyp": "oppenvard"}
    i_oppenvard = (
        underlag(),
        beslut("2026-02-15", insats_id="I1", **oppenvard),
        uppdrag(**oppenvard),
        uppfoljning(nasta_steg=["reviderat_uppdrag"]),
        plan("2026-08-01", plan_id="P2", **oppenvard, **nytt),
    )
    assert koder(*i_oppenvard) == [("mal.saknas", "M1"), ("mal.tillagt", "M2")]


def test_goals_are_shared_with_what_was_decided_the_same_day_and_names_no_underlag() -> None:
    bada: dict[str, Any] = {"mal": mal(M1=VUXEN, M2=LAXOR)}
    grund = (
        underlag(**bada),
        beslut("2026-02-15", insats_id="I1", beslutsunderlag_id="BU1"),
        beslut("2026-02-15", "B2", insats_id="I2", insatstyp="oppenvard"),
        uppdrag(),
    )
    andra = {"beslut_id": "B2", "insats_id": "I2", "insatstyp": "oppenvard"}
    verkstallt = notis("beslut.verkstall", "2026-03-01", beslut_id="B1", insats_id="I1")
    assert koder(*grund, uppdrag(uppdrag_id="U2", mal=mal(M2=LAXOR), **andra), verkstallt) == []

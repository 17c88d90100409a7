"""Duties of the handbook as they show from outside: what is kept goes through, what breaks is told.

Each is named by a row of ``docs/handbook.md``.
"""

from typing import Any

import pytest

from bbic_bridge.handbook.kodlistor import (
    FORANDRING,
    KONTAKTPERSON_MFL,
    VIDAREBEFORDRAS,
    Forandring,
)
from bbic_bridge.services.queries import show_case
from bbic_bridge.services.views.accepting import Violation
from bbic_bridge.services.views.cases import CaseView
from bbic_bridge.services.watch import lage_of
from tests.handbook.minsta import DELTAGARE, HVB_PLAN, MAL
from tests.handbook.test_krav import INNEHALL
from tests.services.conftest import World

MOTTAGARE = {"enhet_id": "chansen", "enhetschef": "Marie Fors"}
HVB: dict[str, Any] = {**HVB_PLAN, "insatstyp": "hvb", "rapportering": None}
OPPENVARD: dict[str, Any] = {"insatstyp": "oppenvard"}


def refused(world: World, typ: str, *utan: str, **data: Any) -> dict[str, Violation]:
    """What a document is refused for, by place; nothing of it is kept or sent."""
    event = world.event(typ, **data)
    for falt in utan:
        del event["data"][falt]
    before = world.states()
    (result,) = world.accept(event)
    assert result.problem is not None
    assert result.problem.status == 422
    assert world.states() == before
    return {one.pointer.removeprefix("/data/"): one for one in result.problem.errors}


def kept(world: World, typ: str, **data: Any) -> None:
    assert world.send(typ, **data).status == "accepted"


def case_of(world: World) -> CaseView:
    case = show_case(world.bridge, "A-1")
    assert case is not None
    return case


def steps(world: World) -> dict[str, str]:
    return {point.name: point.state for point in case_of(world).handbook}


def deviating(world: World) -> list[str]:
    return [one.code for one in case_of(world).deviations]


def sent(world: World, operation: str) -> dict[str, Any]:
    """What the vendor was given, of an operation that it got once."""
    world.work()
    (order,) = [order for order in world.vendor.sent if order.operation == operation]
    return dict(order.uppgift)


def sections(uppgift: dict[str, Any]) -> dict[str, str]:
    return {one["rubrik"]: one["text"] for one in uppgift["avsnitt"]}


def test_a_remiss_tells_the_need_and_who_answers_for_it(world: World) -> None:
    for falt in ("behov", "socialsekreterare"):
        assert refused(world, "remiss.skickad", falt)[falt].kalla == "A:16"
    kept(world, "remiss.skickad")
    assert steps(world)["Remiss är skickad"] == "done"
    assert world.states() == {}


def test_a_proposal_tells_who_and_what_was_weighed(world: World) -> None:
    for falt in ("familjehemssekreterare", "uppdragstagare", "overvagande"):
        assert refused(world, "matchning.foreslagen", falt)[falt].kalla == "A:16"
    kept(world, "remiss.skickad")
    assert steps(world)["Uppdragstagare är föreslagen"] == "to_come"
    kept(world, "matchning.foreslagen")
    assert steps(world)["Uppdragstagare är föreslagen"] == "done"
    assert world.states() == {}


def test_what_only_a_person_can_do_is_recorded_and_never_demanded(world: World) -> None:
    """The samråd, the first contact, the talk about money and the presentation."""
    told = {
        "matchning.foreslagen": {"samrad": "2026-01-20", "forsta_kontakt": "2026-01-22"},
        "matchningsmote.genomfort": {"presentation": "2026-01-30"},
        "avtal.upprattat": {"ekonomi_diskuterad": "2026-02-04"},
    }
    for typ, data in told.items():
        kept(world, typ)
        kept(world, typ, **data)
    with world.bridge.store.read() as tx:
        lage = lage_of(tx, "malmo", "A-1")
    for typ, data in told.items():
        noted = [{falt: en.get(falt) for falt in data if en.get(falt)} for en in lage.av(typ)]
        assert sorted(noted, key=len) == [{}, data]
    warned = {one.pointer for step in case_of(world).steps for one in step.warnings}
    assert not warned & {f"/data/{falt}" for data in told.values() for falt in data}
    assert deviating(world) == []
    assert world.states() == {}


@pytest.mark.parametrize("insatstyp", sorted(KONTAKTPERSON_MFL | VIDAREBEFORDRAS))
def test_the_uppdrag_holds_the_same_whatever_the_kind(world: World, insatstyp: str) -> None:
    """All that B lists is asked for, told at once; then it goes to the home, the unit or the
    journal."""
    vidare = insatstyp in VIDAREBEFORDRAS
    till = {"mottagare": MOTTAGARE} if vidare else {}
    listed = INNEHALL["uppdrag.upprattat"]
    lacking = refused(world, "uppdrag.upprattat", *listed, insatstyp=insatstyp, **till)
    assert set(lacking) >= set(listed)
    if vidare:
        assert set(refused(world, "uppdrag.upprattat", insatstyp=insatstyp)) == {"mottagare"}
    kept(world, "beslut.fattat", insatstyp=insatstyp)
    kept(world, "uppdrag.upprattat", insatstyp=insatstyp, **till)
    uppgift = sent(world, "vidarebefordra_uppdrag" if vidare else "registrera_dokument")
    assert uppgift["insatstyp" if vidare else "dokumenttyp"] == (insatstyp if vidare else "uppdrag")
    assert uppgift.get("mottagare") == (MOTTAGARE if vidare else None)


@pytest.mark.parametrize("insatstyp", sorted(KONTAKTPERSON_MFL | VIDAREBEFORDRAS))
def test_how_the_insats_is_to_be_carried_out_reaches_whoever_does_it(
    world: World, insatstyp: str
) -> None:
    """All uppdrag and their later versions are refused without it."""
    vidare = insatstyp in VIDAREBEFORDRAS
    slag = {"insatstyp": insatstyp, **({"mottagare": MOTTAGARE} if vidare else {})}
    for typ in ("uppdrag.upprattat", "uppdrag.reviderat"):
        lacking = refused(world, typ, **slag, genomforande=None)["genomforande"]
        assert (lacking.kod, lacking.kalla, lacking.vikt) == (
            "uppdrag.genomforande",
            "B:4, B:100",
            "ska",
        )
    kept(world, "beslut.fattat", insatstyp=insatstyp)
    kept(world, "uppdrag.upprattat", **slag, genomforande="  Två kvällar i veckan.\n")
    uppgift = sent(world, "vidarebefordra_uppdrag" if vidare else "registrera_dokument")
    told = uppgift["genomforande"] if vidare else sections(uppgift)["Hur insatsen ska genomföras"]
    assert told == "  Två kvällar i veckan.\n"


def test_whoever_is_not_protected_can_be_reached(world: World) -> None:
    reached = {"namn": "Eva Test", "skydd": "ingen", "telefon": "000-00"}
    kept(world, "uppdrag.upprattat", kontaktuppgifter=[{**reached, "telefon": None}])
    assert deviating(world) == ["uppdrag.kontaktuppgifter"]
    kept(world, "uppdrag.reviderat", kontaktuppgifter=[reached])
    assert deviating(world) == []


def test_a_goal_of_the_vardplan_that_nothing_holds_is_missed(world: World) -> None:
    """Seen when the placement is followed up; a goal of the analysis when it has begun."""
    school = {"mal_id": "M2", "text": "Alva går i skolan."}
    hvb = {"insatstyp": "hvb", "mottagare": MOTTAGARE}
    kept(world, "beslutsunderlag.upprattat", foreslagen_insats="hvb", mal=[*MAL, school])
    kept(world, "vardplan.upprattad", mal=[*MAL, school])
    kept(world, "beslut.fattat", insatstyp="hvb", beslutsunderlag_id="BU1")
    kept(world, "uppdrag.upprattat", **hvb, vardplan_id="VP1")
    assert deviating(world) == []
    kept(world, "beslut.verkstall", insatstyp="hvb")
    assert deviating(world) == ["mal.saknas"]
    kept(world, "uppfoljning.dokumenterad", insatstyp="hvb")
    assert set(deviating(world)) == {"mal.saknas", "vardplan.mal_utan_insats"}
    kept(world, "uppdrag.upprattat", **hvb, uppdrag_id="U2", vardplan_id="VP1", mal=[*MAL, school])
    assert "vardplan.mal_utan_insats" not in deviating(world)


@pytest.mark.parametrize(
    ("mal", "kod"),
    [
        ([{"mal_id": "M1", "text": "Något annat."}], "mal.andrat"),
        ([*MAL, {"mal_id": "M2", "text": "Något mer."}], "mal.tillagt"),
        ([{"mal_id": "M2", "text": "Något annat."}], "mal.saknas"),
    ],
)
def test_the_goals_of_the_uppfoljning_are_those_of_the_uppdrag(
    world: World, mal: list[dict[str, str]], kod: str
) -> None:
    def followed_up(mal: list[dict[str, str]]) -> list[str]:
        scale = {"forandring": "positiv_malet_inte_uppfyllt", "resultat": "Bättre."}
        with_results = [{**ett, **scale} for ett in mal]
        kept(world, "uppfoljning.dokumenterad", uppdrag_id="U1", mal=with_results)
        return deviating(world)

    kept(world, "uppdrag.upprattat")
    assert followed_up(MAL) == []
    assert kod in followed_up(mal)


def test_a_planeringsmote_is_noted_and_is_not_missed(world: World) -> None:
    kept(world, "beslut.fattat", **OPPENVARD, underlagsanteckning_id="AN1")
    kept(world, "beslut.verkstall", **OPPENVARD)
    assert steps(world)["Planeringsmöte är hållet"] == "to_come"
    kept(world, "insats.startad")
    assert steps(world)["Planeringsmöte är hållet"] == "to_come"
    assert deviating(world) == []
    assert set(refused(world, "planeringsmote.genomfort", "deltagare")) == {"deltagare"}
    kept(world, "planeringsmote.genomfort", anteckning="Skolan hjälper till med läxorna.")
    note = sent(world, "skapa_aktanteckning")
    assert note["rubrik"] == "Planeringsmöte"
    assert "Alva Test (barn), Eva Test (vårdnadshavare)" in note["text"]
    assert "Skolan hjälper till med läxorna." in note["text"]
    assert steps(world)["Planeringsmöte är hållet"] == "done"


def test_that_the_uppstartsmote_took_place_and_who_took_part_is_noted(world: World) -> None:
    for falt in ("tid", "forfattare"):
        assert refused(world, "uppstartsmote.genomfort", falt)[falt].kalla == "A:55"
    empty: tuple[dict[str, Any], ...] = ({"deltagare": []}, {"deltagare": [{"roll": "barn"}]})
    for nobody in empty:
        (lacking,) = refused(world, "uppstartsmote.genomfort", **nobody).values()
        assert "A:55" in str(lacking.kalla)
    kept(world, "uppstartsmote.genomfort", deltagare=DELTAGARE)
    note = sent(world, "skapa_aktanteckning")
    assert note["text"] == (
        "Uppstartsmöte ägde rum 2026-03-03 kl. 14.00.\n"
        "Deltog: Alva Test (barn), Eva Test (vårdnadshavare)."
    )
    assert note["forfattare"] == "Siv Sekreterare"


def test_a_hvbs_own_goals_are_no_deviation_but_a_reworded_one_is(world: World) -> None:
    own = {"mal_id": "H1", "text": "Alva lagar mat."}
    kept(world, "uppdrag.upprattat", insatstyp="hvb", mottagare=MOTTAGARE)
    kept(world, "genomforandeplan.aterlamnad", **HVB, mal=[*MAL, own])
    assert deviating(world) == []
    reworded = [{**MAL[0], "text": "Alva har en vuxen."}, own]
    kept(world, "genomforandeplan.aterlamnad", **HVB, mal=reworded)
    assert deviating(world) == ["mal.andrat"]


def test_coordination_with_others_is_kept_in_the_journal(world: World) -> None:
    for falt in ("form", "innehall", "forfattare"):
        assert refused(world, "samverkan.dokumenterad", falt)[falt].kalla == "A:75"
    assert set(refused(world, "samverkan.dokumenterad", form="fika")) == {"form"}
    kept(world, "samverkan.dokumenterad", form="sip")
    document = sent(world, "registrera_dokument")
    assert document["dokumenttyp"] == "samverkan"
    assert sections(document)["Innehåll"] == "Skolan deltar."


def test_a_note_stands_in_the_journal_as_it_was_written(world: World) -> None:
    for falt in ("text", "rubrik", "forfattare", "handelsetid"):
        assert refused(world, "aktanteckning.skriven", falt)[falt].vikt == "ska"
    kept(world, "aktanteckning.skriven", text="  Alva trivs.\n")
    note = sent(world, "skapa_aktanteckning")
    assert (note["rubrik"], note["text"]) == ("Telefonsamtal", "  Alva trivs.\n")


@pytest.mark.parametrize("forandring", sorted(FORANDRING))
def test_each_goal_has_its_result_on_the_scale_of_four(
    world: World, forandring: Forandring
) -> None:
    typ = "uppfoljning.dokumenterad"
    delmal = {"delmal_id": "D1", "text": "Alva sover över.", "forandring": forandring}
    whole = {**MAL[0], "forandring": forandring, "resultat": "Bättre.", "delmal": [delmal]}
    for falt, kalla in (("forandring", "B:51"), ("resultat", "B:62")):
        without = {name: value for name, value in whole.items() if name != falt}
        lacking = refused(world, typ, mal=[without])
        assert str(lacking[f"mal/0/{falt}"].kalla).startswith(kalla)
    for wrong in ({**whole, "forandring": "lite_battre"}, {**whole, "forandring": 5}):
        assert set(refused(world, typ, mal=[wrong])) == {"mal/0/forandring"}
    unscaled = {**whole, "delmal": [{**delmal, "forandring": None}]}
    assert set(refused(world, typ, mal=[unscaled])) == {"mal/0/delmal/0/forandring"}
    kept(world, typ, mal=[whole])
    shown = sections(sent(world, "registrera_dokument"))
    assert shown["Förändring för mål M1"] == FORANDRING[forandring]
    assert shown["Förändring för delmål D1"] == FORANDRING[forandring]


def test_avslut_stands_in_the_uppfoljning_that_is_registered(world: World) -> None:
    """With its reason, and the risk once the mål and the need for care are met."""
    typ = "uppfoljning.dokumenterad"
    met = [{**MAL[0], "forandring": "positiv_malet_uppfyllt", "resultat": "Klart."}]
    ended = {"mal": met, "nasta_steg": ["avslut"], "vardbehov_tillgodosett": True}
    risk = {"nuvarande": "Låg.", "framtida": "Medel.", "bedomd_av": "Siv Sekreterare"}
    decision = {
        "beslut_id": "B3",
        "beslutstyp": "avslut",
        "beslutsdatum": "2026-07-22",
        "beslutsfattare": "Lo Ledamot",
    }
    lacking = refused(world, typ, **ended, beslut=decision)
    assert {one.kod for one in lacking.values()} == {
        "uppfoljning.avslutsorsak",
        "uppfoljning.riskbedomning",
    }
    assert {lacking[one].kalla for one in ("beslut", "riskbedomning")} == {"A:125", "A:127"}
    kept(world, "beslut.avslut", vardbehov_tillgodosett=True, riskbedomning=risk)
    kept(world, typ, **ended, riskbedomning=risk)
    kept(world, "insats.avsluta")
    assert "avslut.ej_i_uppfoljning" in deviating(world)
    later = {"uppfoljning_id": "UPPF2", "ersatter": "UPPF1"}
    kept(world, typ, **ended, riskbedomning=risk, **later, beslut={**decision, "orsak": "annan",
         "orsak_fritext": "Flyttar."})  # fmt: skip
    assert "avslut.ej_i_uppfoljning" not in deviating(world)
    world.work()
    first, second = [sections(dict(order.uppgift)) for order in world.vendor.sent
                     if order.operation == "registrera_dokument"]  # fmt: skip
    assert (first["Risk nu"], first["Risk framåt"]) == ("Låg.", "Medel.")
    assert "Beslut" not in first
    assert second["Vårdbehovet tillgodosett"] == "Ja"
    assert second["Beslut"] == "Avslut, 2026-07-22, Lo Ledamot"
    assert (second["Orsak till avslutet"], second["Annan orsak"]) == ("Annan orsak", "Flyttar.")


def test_several_outcomes_of_an_uppfoljning_come_together(world: World) -> None:
    typ = "uppfoljning.dokumenterad"
    outcomes = ["fortsatt_bistand", "reviderat_uppdrag", "ny_utredning"]
    assert set(refused(world, typ, nasta_steg=["nya_behov"])) == {"nasta_steg/0"}
    followed = world.event(typ, nasta_steg=outcomes)
    revised = world.event("uppdrag.reviderat", datum="2026-07-22")
    opened = world.event("utredning.inledd", datum="2026-07-22", insats_id="I1", orsak="Nya.")
    results = world.accept(followed, revised, opened, world.event("beslut.fortsatt_bistand"))
    assert {result.status for result in results} == {"accepted"}
    later = {"uppfoljning_id": "UPPF2", "datum": "2027-01-20"}
    kept(world, typ, **later)
    assert "utredning.ej_inledd" not in deviating(world)


def test_new_needs_without_what_they_call_for_are_missed(world: World) -> None:
    typ = "uppfoljning.dokumenterad"
    kept(world, typ, nasta_steg=["ny_utredning"])
    assert "utredning.ej_inledd" not in deviating(world)
    kept(world, typ, uppfoljning_id="UPPF2", datum="2027-01-20")
    assert "utredning.ej_inledd" in deviating(world)
    kept(world, "utredning.inledd", datum="2026-07-23")
    assert "utredning.ej_inledd" not in deviating(world)
    assert "behov.ej_aktualiserat" in deviating(world)
    kept(world, "arende.aktualiserat", datum="2026-07-23")
    assert "behov.ej_aktualiserat" not in deviating(world)
    lacking = refused(world, "beslutsunderlag.upprattat", "bedomning", "mal")
    assert set(lacking) == {"bedomning", "mal"}


def test_what_the_uppdrag_asked_to_have_back_comes_with_the_slutrapport(world: World) -> None:
    kept(world, "beslut.avslut")
    assert steps(world)["Slutrapport har kommit"] == "to_come"
    assert deviating(world) == []
    (lacking,) = refused(world, "slutrapport.inkommen", "innehall").values()
    assert lacking.kalla == "B:25"
    kept(world, "slutrapport.inkommen", innehall="Måluppfyllelse: god.")
    document = sent(world, "registrera_dokument")
    assert document["dokumenttyp"] == "slutrapport"
    assert "Måluppfyllelse: god." in sections(document).values()

"""A case laid over the handbook's steps."""

from datetime import date
from typing import Any

import pytest

from bbic_bridge.handbook.frister import Frist
from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, TILL_WORKFLOW
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.steg import PROCESSEN, STEG, Stegvy, steg
from tests.handbook.minsta import HVB_PLAN
from tests.handbook.test_lage import Case

IDAG = date(2026, 4, 1)
SENT = Frist(
    "uppfoljning",
    "I1",
    "kontaktfamilj",
    "ska",
    date(2025, 9, 1),
    date(2026, 2, 1),
    date(2026, 3, 1),
)


def by_name(*vyer: Stegvy) -> dict[str, str]:
    return {vy.namn: vy.laget for vy in vyer}


def test_every_step_of_the_process_has_a_row_and_every_row_an_event_that_exists() -> None:
    assert {ett.nr for ett in STEG} == set(PROCESSEN)
    known = {typ.removeprefix(PREFIX) for typ in (*HANDELSER, *TILL_WORKFLOW)}
    assert {typ.partition(":")[0] for ett in STEG for typ in ett.handelser} <= known


def test_what_is_done_is_done_and_what_was_passed_over_is_missing() -> None:
    case = Case().tell("beslut.fattat").tell("uppdrag.upprattat").tell("beslut.verkstall")
    laget = by_name(*steg(case.lage, (), IDAG))
    assert laget["Beslut är fattat"] == "klart"
    assert laget["Beslutet är verkställt"] == "klart"
    assert laget["Beslutsunderlag är upprättat"] == "saknas"
    assert laget["Uppstartsmöte är hållet"] == "saknas"
    assert laget["Barnsamtal är erbjudet"] == "kommande"
    assert laget["Barnsamtal är hållet"] == "kommande"


def test_what_is_on_its_way_to_the_vendor_is_not_done() -> None:
    case = Case().tell("beslut.fattat").tell("uppdrag.upprattat")
    vyer = steg(case.lage, (), IDAG, oavslutade=frozenset({case.notiser[0].rad}))
    assert by_name(*vyer)["Beslut är fattat"] == "pagar"


def test_each_whose_consent_is_asked_for_has_a_step() -> None:
    barn = {"namn": "Noa Prov", "roll": "barn", "datum": "2026-02-01"}
    god_man = {"namn": "God Man", "roll": "god_man", "datum": "2026-02-02"}
    case = Case().tell("matchning.samtyckt", samtycken=[barn])
    laget = by_name(*steg(case.tell("beslut.fattat").lage, (), IDAG))
    assert laget["Barnet har samtyckt"] == "klart"
    assert laget["Vårdnadshavare eller god man har samtyckt"] == "saknas"
    for falt in ({"samtycken": [god_man]}, {"vardnadshavares_samtycke_saknas_for": "Ingen finns."}):
        senare = Case().tell("matchning.samtyckt", samtycken=[barn])
        given = {"samtycken": [barn], **falt}
        senare = senare.tell("matchning.samtyckt", **given)
        laget = by_name(*steg(senare.tell("beslut.fattat").lage, (), IDAG))
        assert laget["Vårdnadshavare eller god man har samtyckt"] == "klart"


def test_a_limit_that_has_passed_is_shown_at_its_step_with_its_last_day() -> None:
    case = Case().tell("beslut.verkstall").tell("uppfoljning.dokumenterad", datum="2025-09-01")
    vy = next(
        vy for vy in steg(case.lage, (SENT,), IDAG) if vy.namn == "Uppföljning är dokumenterad"
    )
    assert (vy.laget, vy.dag) == ("for_sent", SENT.senast)
    before = steg(case.lage, (SENT,), SENT.senast)
    assert by_name(*before)["Uppföljning är dokumenterad"] == "klart"


def test_each_insats_has_its_own_steps_and_its_kinds_points() -> None:
    case = (
        Case()
        .tell("uppdrag.upprattat")
        .tell(
            "uppdrag.upprattat",
            uppdrag_id="U9",
            beslut_id="B9",
            insats_id="I9",
            insatstyp="hvb",
            mottagare={"enhet_id": "eken", "enhetschef": "Eva Chef"},
        )
        .tell("beslut.verkstall")
    )
    vyer = steg(case.lage, (), IDAG)
    hvb = by_name(*(vy for vy in vyer if vy.insats_id == "I9"))
    kontaktfamilj = by_name(*(vy for vy in vyer if vy.insats_id == "I1"))
    assert "Vårdplan är upprättad" in hvb
    assert "Vårdplan är upprättad" not in kontaktfamilj
    assert hvb["Beslutet är verkställt"] == "kommande"
    assert kontaktfamilj["Beslutet är verkställt"] == "klart"


def test_a_case_without_an_insats_shows_the_points_of_what_is_proposed() -> None:
    laget = by_name(*steg(Case().tell("remiss.skickad").lage, (), IDAG))
    assert laget["Remiss är skickad"] == "klart"
    assert laget["Beslut är fattat"] == "kommande"
    assert steg(Lage(()), (), IDAG) == ()


def test_a_meeting_that_books_the_next_shows_it_booked_and_a_held_talk_was_offered() -> None:
    booked = {"uppfoljningsmote_bokat": "2026-08-01T10:00:00+02:00"}
    case = Case().tell("beslut.verkstall").tell("uppstartsmote.genomfort", **booked)
    laget = by_name(*steg(case.tell("barnsamtal.genomfort").lage, (), IDAG))
    assert laget["Uppföljningsmöte är bokat"] == laget["Barnsamtal är erbjudet"] == "klart"
    without = Case().tell("beslut.verkstall").tell("uppstartsmote.genomfort")
    assert by_name(*steg(without.lage, (), IDAG))["Uppföljningsmöte är bokat"] == "saknas"


def test_a_new_utredning_and_a_new_avtal_show_after_the_uppfoljning() -> None:
    case = Case().tell("beslut.verkstall").tell("utredning.inledd", insats_id="I1")
    laget = by_name(*steg(case.tell("avtal.upprattat", ersatter="AV0").lage, (), IDAG))
    assert laget["Ny utredning är inledd"] == laget["Nytt avtal är upprättat"] == "klart"
    first = Case().tell("beslut.verkstall").tell("utredning.inledd").tell("avtal.upprattat")
    laget = by_name(*steg(first.lage, (), IDAG))
    assert not {"Ny utredning är inledd", "Nytt avtal är upprättat"} & laget.keys()


def test_feedback_that_has_not_come_is_missed() -> None:
    """Of a kontaktfamilj: of a unit no source says that it answers for it."""

    def followed_up(**data: Any) -> Case:
        return Case().tell("beslut.verkstall", **data).tell("uppfoljning.dokumenterad")

    name = "Återkoppling har kommit"
    case = followed_up()
    assert of_insats(case, "I1")[name] == "saknas"
    assert of_insats(case.tell("rapport.inkommen"), "I1")[name] == "klart"
    assert of_insats(followed_up(insatstyp="hvb"), "I1")[name] == "kommande"


def test_what_nothing_has_called_for_is_left_out_and_what_is_called_for_is_missed() -> None:
    prolonged = Case().tell("beslut.verkstall").tell("beslut.fortsatt_bistand")
    laget = by_name(*steg(prolonged.lage, (), IDAG))
    assert (
        laget["Kopia till berörda parter är lämnad"]
        == laget["Nytt avtal är upprättat"]
        == "kommande"
    )
    laget = by_name(*steg(prolonged.tell("insats.avsluta").lage, (), IDAG))
    assert (
        laget["Kopia till berörda parter är lämnad"] == laget["Nytt avtal är upprättat"] == "saknas"
    )
    for steg_, typ, data in (
        ("Ny utredning är inledd", "uppfoljning.dokumenterad", {"nasta_steg": ["ny_utredning"]}),
        ("Ny utredning är inledd", "beslut.avslut", {"oro_for_barnet": True}),
        ("Uppdraget är reviderat", "uppfoljning.dokumenterad",
         {"nasta_steg": ["fortsatt_bistand", "reviderat_uppdrag"]}),
        ("Samverkan är dokumenterad", "uppdrag.upprattat", {"behov_av_sip": True}),
        ("Beslut om avslut är fattat", "insats.avsluta", {}),
        ("Insats och resurs är avslutade", "beslut.avslut", {}),
    ):  # fmt: skip
        case = Case().tell("beslut.verkstall")
        assert steg_ not in by_name(*steg(case.lage, (), IDAG))
        after = by_name(*steg(case.tell(typ, **data).lage, (), IDAG))[steg_]
        # A decision to end is a later point than the utredning that its worry calls for.
        assert after == ("saknas" if "oro_for_barnet" in data else "kommande")


def test_a_hvbs_plan_that_came_back_is_to_be_signed() -> None:
    hvb = {"insatstyp": "hvb", **HVB_PLAN, "rapportering": None}
    case = Case().tell("beslut.verkstall", insatstyp="hvb")
    assert "Socialsekreteraren har undertecknat planen" not in by_name(*steg(case.lage, (), IDAG))
    laget = by_name(*steg(case.tell("genomforandeplan.aterlamnad", **hvb).lage, (), IDAG))
    assert laget["Socialsekreteraren har undertecknat planen"] == "saknas"
    laget = by_name(*steg(case.tell("genomforandeplan.undertecknad").lage, (), IDAG))
    assert laget["Vårdnadshavare eller god man har undertecknat planen"] == "klart"
    assert laget["Socialsekreteraren har undertecknat planen"] == "saknas"
    hon = {"namn": "Ann Test", "roll": "socialsekreterare", "datum": "2026-03-20"}
    case.tell("genomforandeplan.undertecknad", underskrifter=[hon])
    laget = by_name(*steg(case.lage, (), IDAG))
    assert laget["Socialsekreteraren har undertecknat planen"] == "klart"


def test_coordination_is_about_the_child_whatever_insats_it_was_told_of() -> None:
    sip = {"behov_av_sip": True}
    case = Case().tell("uppdrag.upprattat", **sip).tell("samverkan.dokumenterad", insats_id="I9")
    laget = by_name(*(vy for vy in steg(case.lage, (), IDAG) if vy.insats_id == "I1"))
    assert laget["Samverkan är dokumenterad"] == "klart"


OPPENVARD: dict[str, Any] = {
    "insatstyp": "oppenvard",
    "mottagare": {"enhet_id": "chansen", "enhetschef": "Marie Fors"},
}


def two_insatser() -> Case:
    """Both are Chansen's; the one has an uppdrag."""
    return (
        Case()
        .tell("uppdrag.upprattat", **OPPENVARD)
        .tell("beslut.verkstall", insatstyp="oppenvard")
        .tell("beslut.verkstall", insatstyp="oppenvard", insats_id="I2", beslut_id="B2")
    )


def of_insats(case: Case, insats_id: str) -> dict[str, str]:
    return by_name(*(vy for vy in steg(case.lage, (), IDAG) if vy.insats_id == insats_id))


def test_what_names_an_uppdrag_is_about_its_insats_only() -> None:
    case = (
        two_insatser()
        .vendor("uppdrag_mottaget", uppdrag_id="U1")
        .vendor("uppdrag_fordelat", uppdrag_id="U1")
        .vendor("genomforandeplan_upprattad", plan_id="P1", uppdrag_id="U1")
    )
    points = ("Uppdraget är mottaget", "Uppdraget är fördelat", "Genomförandeplan finns")
    assert {of_insats(case, "I1")[point] for point in points} == {"klart"}
    assert "klart" not in {of_insats(case, "I2")[point] for point in points}


def test_a_call_is_about_the_insats_of_the_meeting_that_it_calls_to() -> None:
    case = (
        Case()
        .tell("beslut.verkstall")
        .tell("beslut.verkstall", insats_id="I2", beslut_id="B2")
        .tell("uppstartsmote.kallat")
    )
    name = "Familjen är kallad till uppstartsmöte"
    # As long as no meeting is held it may be any.
    assert of_insats(case, "I1")[name] == of_insats(case, "I2")[name] == "klart"
    case.tell("uppstartsmote.genomfort")
    assert (of_insats(case, "I1")[name], of_insats(case, "I2")[name]) == ("klart", "saknas")


def test_an_uppdrag_that_nobody_knows_is_that_of_the_only_insats_it_can_be_of() -> None:
    known = Case().tell("beslut.verkstall", insatstyp="oppenvard")
    case = known.vendor("uppdrag_fordelat", uppdrag_id="U9")
    assert of_insats(case, "I1")["Uppdraget är fördelat"] == "klart"
    case = two_insatser().vendor("uppdrag_fordelat", uppdrag_id="U9")
    for insats_id in ("I1", "I2"):
        assert of_insats(case, insats_id)["Uppdraget är fördelat"] == "saknas"


@pytest.mark.parametrize("ended", ["uppdrag_aterkallat", "uppdrag_avbojt"])
def test_an_uppdrag_that_is_ended_is_not_done(ended: str) -> None:
    case = two_insatser().vendor("uppdrag_fordelat", uppdrag_id="U1")
    points = ("Uppdrag är upprättat", "Uppdraget är fördelat")
    assert {of_insats(case, "I1")[point] for point in points} == {"klart"}
    case.vendor(ended, uppdrag_id="U1")
    assert {of_insats(case, "I1")[point] for point in points} == {"saknas"}
    case.tell("uppdrag.reviderat", **OPPENVARD)
    assert of_insats(case, "I1")["Uppdrag är upprättat"] == "klart"
    case.vendor(ended, uppdrag_id="U2")
    assert of_insats(case, "I1")["Uppdrag är upprättat"] == "saknas"


def test_an_uppdrag_taken_back_when_the_insats_ended_was_there_while_it_ran() -> None:
    case = two_insatser().tell("uppdrag.aterkallat", datum="2027-02-28").tell("insats.avsluta")
    assert of_insats(case, "I1")["Uppdrag är upprättat"] == "klart"


def test_what_is_closed_is_closed_on_its_last_day_whenever_it_was_told() -> None:
    case = Case().tell("beslut.verkstall").vendor("insats_avslutad", insats_id="I1",
        slutdatum="2026-11-01")  # fmt: skip
    vyer = {vy.namn: vy for vy in steg(case.lage, (), IDAG)}
    assert vyer["Insats och resurs är avslutade"].dag == date(2026, 11, 1)
    case = Case().tell("beslut.verkstall").tell("beslut.avslut").tell("insats.avsluta")
    vyer = {vy.namn: vy for vy in steg(case.lage, (), IDAG)}
    assert vyer["Insats och resurs är avslutade"].dag == date(2027, 2, 28)
    assert vyer["Beslut om avslut är fattat"].dag == date(2027, 2, 10)


def test_of_an_insats_of_unknown_kind_only_the_points_of_all_kinds_are_asked() -> None:
    laget = by_name(*steg(Case().tell("insats.startad").lage, (), IDAG))
    assert "Vårdplan är upprättad" not in laget
    assert laget["Insatsen har startat"] == "klart"


def test_a_meeting_that_is_called_to_is_shown_by_the_day_of_the_call() -> None:
    mote = {"datum": "2026-02-05", "tid": "2026-02-12T15:00:00+01:00"}
    case = Case().tell("beslut.fattat").tell("uppstartsmote.kallat", **mote)
    vyer = {vy.namn: vy for vy in steg(case.lage, (), IDAG)}
    assert vyer["Familjen är kallad till uppstartsmöte"].dag == date(2026, 2, 5)

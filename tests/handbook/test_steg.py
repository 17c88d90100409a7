"""A case laid over the handbook's steps."""

from datetime import date

from bbic_bridge.handbook.frister import Frist
from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, TILL_WORKFLOW
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.steg import PROCESSEN, STEG, Stegvy, steg
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
    assert laget["Samverkan är dokumenterad"] == "kommande"


def test_what_is_on_its_way_to_the_vendor_is_not_done() -> None:
    case = Case().tell("beslut.fattat").tell("uppdrag.upprattat")
    vyer = steg(case.lage, (), IDAG, oavslutade=frozenset({case.notiser[0].rad}))
    assert by_name(*vyer)["Beslut är fattat"] == "pagar"


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
    assert laget["Ny utredning är inledd"] == laget["Nytt avtal är upprättat"] == "kommande"


def test_of_an_insats_of_unknown_kind_only_the_points_of_all_kinds_are_asked() -> None:
    laget = by_name(*steg(Case().tell("insats.startad").lage, (), IDAG))
    assert "Vårdplan är upprättad" not in laget
    assert laget["Insatsen har startat"] == "klart"

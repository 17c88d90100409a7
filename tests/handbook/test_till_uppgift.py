from datetime import date, datetime
from typing import Any

import pytest

from bbic_bridge.handbook import uppgifter as u
from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.regler import planera
from bbic_bridge.handbook.till_uppgift import uppdrag_till_utforare
from tests.handbook.minsta import BARN, FORALDER, handelse

MOTTAGARE = {"enhet_id": "chansen", "enhetschef": "Marie Fors"}
BYTES = "  Mål med\ttabb,\r\nradbryt, e\u0301 och \U0001f33b  "


def uppgift(typ: str, **andrat: Any) -> Any:
    (one,) = planera(parse_event(handelse(typ, **andrat))).uppgifter
    return one.uppgift


def test_the_childs_number_and_protection_go_along_everywhere() -> None:
    for typ in ("beslut.fattat", "beslut.verkstall", "insats.avsluta", "rapport.inkommen"):
        assert uppgift(typ).barn == u.Person.model_validate(BARN)


def test_a_decision_is_carried_as_it_was_taken() -> None:
    assert uppgift("beslut.fattat", till="2026-08-31", motivering=BYTES) == u.RegistreraBeslut(
        barn=u.Person.model_validate(BARN),
        beslut_id="B1",
        beslutstyp="bifall",
        insatstyp="kontaktfamilj",
        beslutsdatum=date(2026, 2, 15),
        fran=date(2026, 3, 1),
        till=date(2026, 8, 31),
        beslutsfattare="Lo Ledamot",
        motivering=BYTES,
    )


def test_a_refusal_counts_from_its_own_date() -> None:
    assert uppgift("beslut.fattat", beslutstyp="avslag", fran=None).fran == date(2026, 2, 15)


def test_prolongation_and_end_name_the_decision_they_follow() -> None:
    prolonged, ended = uppgift("beslut.fortsatt_bistand"), uppgift("beslut.avslut")
    assert (prolonged.beslutstyp, prolonged.ersatter) == ("fortsatt_bistand", "B1")
    assert (ended.beslutstyp, ended.ersatter, ended.orsak) == ("avslut", "B2", "mal_uppfyllda")
    assert (ended.fran, ended.till, ended.motivering) == (date(2027, 2, 28), None, None)


def test_the_end_tells_reason_need_risk_and_worry() -> None:
    risk = {"nuvarande": "Låg.", "framtida": "Medel.", "bedomd_av": "Siv"}
    ended = uppgift(
        "beslut.avslut",
        orsak="annan",
        orsak_fritext="Flyttar.",
        motivering="Se ovan.",
        vardbehov_tillgodosett=True,
        riskbedomning=risk,
        oro_for_barnet=True,
    )
    assert ended.motivering == (
        "Flyttar.\nSe ovan.\nVårdbehovet tillgodosett: ja.\n"
        "Risk nu: Låg.\nRisk framåt: Medel.\nRisken bedömd av Siv.\nOro för barnet: ja."
    )


@pytest.mark.parametrize("typ", ["uppdrag.upprattat", "uppdrag.reviderat"])
@pytest.mark.parametrize("insatstyp", ["oppenvard", "hvb", "familjehem"])
def test_where_the_uppdrag_starts_from_and_how_it_is_done_reach_the_utforare(
    typ: str, insatstyp: str
) -> None:
    sagt = {
        "centrala_behov": [BYTES, "En vuxen till."],
        "mottaglighet": BYTES,
        "genomforande": BYTES,
        "foraldrar": [],
        "foraldrar_saknas_for": "Båda är döda.",
        "kontaktuppgifter_saknas_for": "Familjen har ingen fast bostad.",
    }
    sent = uppgift(typ, insatstyp=insatstyp, mottagare=MOTTAGARE, **sagt)
    assert (sent.centrala_behov, sent.mottaglighet) == ((BYTES, "En vuxen till."), BYTES)
    assert sent.genomforande == BYTES
    assert sent.foraldrar_saknas_for == "Båda är döda."
    assert sent.kontaktuppgifter_saknas_for == "Familjen har ingen fast bostad."


def test_goals_and_bedomning_reach_the_utforare_byte_for_byte() -> None:
    sent = uppgift(
        "uppdrag.upprattat",
        insatstyp="oppenvard",
        mottagare=MOTTAGARE,
        bedomning=BYTES,
        mal=[{"mal_id": "M1", "text": BYTES, "omraden": ["halsa", "sakerhet"]}],
        tolkbehov="Dari",
        andra_huvudman="Skolan",
        behov_av_sip=True,
    )
    assert isinstance(sent, u.VidarebefordraUppdrag)
    assert sent.bedomning == BYTES
    assert sent.mal == (u.Mal(mal_id="M1", text=BYTES, omraden=("halsa", "sakerhet")),)
    assert sent.mottagare == u.Vidarebefordran(**MOTTAGARE)
    assert sent.foraldrar == (u.Person.model_validate(FORALDER),)
    assert (sent.tolkbehov, sent.andra_huvudman, sent.behov_av_sip) == ("Dari", "Skolan", True)
    assert sent.ersatter is None


def test_a_revised_uppdrag_names_the_one_before() -> None:
    sent = uppgift("uppdrag.reviderat", insatstyp="hvb", mottagare=MOTTAGARE)
    assert (sent.uppdrag_id, sent.ersatter) == ("U2", "U1")


def test_an_uppdrag_without_receiver_is_never_routed_by_guesswork() -> None:
    document: Any = parse_event(handelse("uppdrag.upprattat")).data
    with pytest.raises(ValueError, match="without mottagare"):
        uppdrag_till_utforare(document)


@pytest.mark.parametrize(
    ("typ", "rubrik"),
    [
        ("planeringsmote.genomfort", "Planeringsmöte"),
        ("uppstartsmote.genomfort", "Uppstartsmöte"),
        ("uppfoljningsmote.genomfort", "Uppföljningsmöte"),
    ],
)
def test_a_meeting_is_noted_with_when_and_who(typ: str, rubrik: str) -> None:
    note = uppgift(typ, tid="2026-07-03T12:00:00Z", anteckning="Lugnt möte.")
    assert note.rubrik == rubrik
    assert note.handelsetid == datetime.fromisoformat("2026-07-03T12:00:00+00:00")
    assert note.text == (
        f"{rubrik} ägde rum 2026-07-03 kl. 14.00.\n"
        "Deltog: Alva Test (barn), Eva Test (vårdnadshavare).\n"
        "Lugnt möte."
    )
    assert note.deltagare == ("Alva Test (barn)", "Eva Test (vårdnadshavare)")


def test_why_the_child_was_not_there_is_noted() -> None:
    note = uppgift("uppstartsmote.genomfort", barnet_deltog_inte_for="Bedömt olämpligt.")
    assert "Barnet deltog inte: Bedömt olämpligt." in note.text


def test_how_the_meeting_was_made_to_fit_the_child_is_noted() -> None:
    note = uppgift("uppfoljningsmote.genomfort", anpassning="Kort möte med pauser.")
    assert "Mötet anpassades: Kort möte med pauser." in note.text


def test_the_talk_with_the_child_notes_that_vardnadshavare_was_informed() -> None:
    note = uppgift("barnsamtal.genomfort", anteckning="Alva trivs.")
    assert note.anteckning_id == "BS1"
    assert note.text == (
        "Barnsamtal ägde rum 2026-07-10 kl. 10.00.\nDeltog: Alva Test (barn).\n"
        "Vårdnadshavare informerad 2026-07-02.\nAlva trivs."
    )


def test_the_longest_meeting_still_fits_in_a_note() -> None:
    many = [{"namn": "N" * 120, "roll": "familjehemssekreterare"}] * 40
    note = uppgift(
        "uppstartsmote.genomfort",
        deltagare=many,
        anteckning="x" * 6_000,
        barnet_deltog_inte_for="y" * 200,
    )
    assert note.text.endswith("x" * 6_000)


def test_the_longest_avslut_still_fits_in_a_decision() -> None:
    long = "x" * 6_000
    risk = {"nuvarande": long, "framtida": long, "bedomd_av": "y" * 200}
    ended = uppgift(
        "beslut.avslut",
        orsak="annan",
        orsak_fritext="z" * 200,
        motivering=long,
        riskbedomning=risk,
        oro_for_barnet=False,
    )
    assert len(ended.motivering) > 18_000


def test_a_note_and_its_correction_are_kept_apart() -> None:
    first, second = uppgift("aktanteckning.skriven", text=BYTES), uppgift("aktanteckning.rattad")
    assert first.text == BYTES
    assert (second.anteckning_id, second.ersatter, second.orsak) == ("AN2", "AN1", "Skrivfel")


def test_the_resource_and_the_closing_keep_their_ids() -> None:
    given, closed = uppgift("resurs.tilldela", omfattning=50), uppgift("insats.avsluta")
    assert (given.insats_id, given.resurs_id, given.omfattning) == ("I1", "R-KF-1", 50)
    assert (closed.insats_id, closed.beslut_id, closed.resurs_id) == ("I1", "B1", "R-KF-1")
    assert uppgift("resurs.tilldela").omfattning == 100
    assert uppgift("uppdrag.aterkallat").orsak == "Familjen flyttar."
    assert uppgift("beslut.verkstall").handlaggare == "Siv Sekreterare"

from typing import Any

import pytest

from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.regler import REGLER, planera
from bbic_bridge.handbook.uppgifter import RegistreraDokument
from tests.handbook.minsta import DELTAGARE, HVB_PLAN, handelse

BYTES = "  Mål med\ttabb,\r\nradbryt, e\u0301 och \U0001f33b  "
# As A:29 and A:85 call them.
MED_UPPDRAG = "BBIC Genomförandeplan kontaktperson mfl som omfattar uppdrag"
UPPFOLJNING = "BBIC Uppföljning av öppenvårdsinsats"
DOKUMENT = sorted({regel.handelse for regel in REGLER if regel.operation == "registrera_dokument"})


def registrera(typ: str, **andrat: Any) -> RegistreraDokument:
    if typ == "uppdrag.aterkallat":
        andrat = {"insatstyp": "kontaktperson", **andrat}
    (one,) = planera(parse_event(handelse(typ, **andrat))).uppgifter
    assert isinstance(one.uppgift, RegistreraDokument)
    return one.uppgift


def avsnitt(typ: str, **andrat: Any) -> list[tuple[str, str]]:
    return [(ett.rubrik, ett.text) for ett in registrera(typ, **andrat).avsnitt]


@pytest.mark.parametrize(
    ("typ", "dokument_id", "dokumenttyp", "titel"),
    [
        ("beslutsunderlag.upprattat", "BU1", "beslutsunderlag", "BBIC Beslutsunderlag"),
        ("vardplan.upprattad", "VP1", "vardplan", "BBIC Vårdplan"),
        ("uppdrag.upprattat", "U1", "uppdrag", f"{MED_UPPDRAG}: uppdrag, kontaktfamilj"),
        ("uppdrag.reviderat", "U2", "uppdrag", f"{MED_UPPDRAG}: uppdrag, kontaktfamilj"),
        ("uppdrag.aterkallat", "U1.aterkallat", "uppdrag", "Återkallat uppdrag: Kontaktperson"),
        (
            "genomforandeplan.faststalld",
            "P1",
            "genomforandeplan",
            f"{MED_UPPDRAG}: plan, kontaktfamilj",
        ),
        (
            "genomforandeplan.aterlamnad",
            "P1.aterlamnad",
            "genomforandeplan",
            "BBIC Genomförandeplan för underskrift: Kontaktfamilj",
        ),
        (
            "genomforandeplan.undertecknad",
            "P1.undertecknad",
            "genomforandeplan",
            "BBIC Genomförandeplan undertecknad: HVB",
        ),
        ("rapport.inkommen", "RAPP1", "rapport", "Rapport"),
        ("slutrapport.inkommen", "RAPP2", "slutrapport", "Slutrapport"),
        (
            "samverkan.dokumenterad",
            "SAM1",
            "samverkan",
            "BBIC Samverkansdokument: Samordnad individuell plan (SIP)",
        ),
        ("uppfoljning.dokumenterad", "UPPF1", "uppfoljning", UPPFOLJNING),
    ],
)
def test_each_document_has_an_id_a_kind_and_a_title(
    typ: str, dokument_id: str, dokumenttyp: str, titel: str
) -> None:
    made = registrera(typ)
    assert (made.dokument_id, made.dokumenttyp, made.titel) == (dokument_id, dokumenttyp, titel)
    assert made.barn.namn == "Alva Test"
    assert made.avsnitt


def test_every_document_event_was_seen() -> None:
    assert len(DOKUMENT) == 12


@pytest.mark.parametrize(
    "typ",
    [
        "beslutsunderlag.upprattat",
        "vardplan.upprattad",
        "uppdrag.upprattat",
        "uppdrag.reviderat",
        "genomforandeplan.faststalld",
        "genomforandeplan.aterlamnad",
    ],
)
def test_a_goal_is_a_section_of_its_own_byte_for_byte(typ: str) -> None:
    mal = [
        {"mal_id": "M1", "text": BYTES, "omraden": ["halsa", "boende_arbete_och_ekonomi"]},
        {"mal_id": "M2", "text": "Annat."},
    ]
    found = avsnitt(typ, mal=mal)
    assert ("Mål M1", BYTES) in found
    assert ("Områden för mål M1", "Hälsa, Boende, arbete och ekonomi") in found
    assert ("Mål M2", "Annat.") in found


def test_a_beslutsunderlag_is_told_whole() -> None:
    assert avsnitt("beslutsunderlag.upprattat", barnets_delaktighet="Har läst.") == [
        ("Bedömning", "Alva behöver fler vuxna."),
        ("Centrala behov", "En trygg vuxen till."),
        ("Mål M1", "Alva har en vuxen utanför familjen att lita på."),
        ("Mottaglighet", "Familjen vill."),
        ("Övervägt alternativ: Öppenvård", "Räcker inte."),
        ("Föreslagen insats", "Kontaktfamilj"),
        ("Motivering", "Familjen önskar det."),
        ("Barnets delaktighet", "Har läst."),
    ]


def test_an_uppdrag_holds_what_source_b_lists() -> None:
    behov = {"centrala_behov": [BYTES], "mottaglighet": BYTES}
    found = dict(avsnitt("uppdrag.reviderat", tolkbehov="Dari", behov_av_sip=True, **behov))
    assert found == {
        "Ändringar": "Ett mål är uppnått.",
        "Förälder": "Eva Test, 198901012396",
        "Kontaktuppgifter saknas": "Familjen har ingen fast bostad.",
        "Tolk och kommunikationsstöd": "Dari",
        "Centrala behov": BYTES,
        "Mottaglighet": BYTES,
        "Nämndens bedömning": "Alva behöver fler vuxna.",
        "Mål M1": "Alva har en vuxen utanför familjen att lita på.",
        "Hur insatsen ska genomföras": "En helg i månaden i kontaktfamiljen.",
        "Former för uppföljning": "Möte var sjätte månad.",
        "Återföring vid avslut": "Måluppfyllelse och Alvas egen röst.",
        "Andra huvudmän": "Inga insatser",
        "Behov av SIP": "Ja",
    }


def test_an_uppdrag_without_parents_says_why() -> None:
    found = avsnitt("uppdrag.upprattat", foraldrar=[], foraldrar_saknas_for="Båda är döda.")
    assert found[0] == ("Föräldrar saknas", "Båda är döda.")
    assert "Förälder" not in dict(found)


def test_a_plan_tells_delmal_priority_and_reporting() -> None:
    mal = [
        {
            "mal_id": "M1",
            "text": "Mål.",
            "prioritet": 1,
            "delmal": [{"delmal_id": "D1", "text": BYTES}],
        }
    ]
    found = avsnitt("genomforandeplan.faststalld", mal=mal, deltagare=DELTAGARE)
    assert found == [
        ("Deltagare", "Alva Test (barn)\nEva Test (vårdnadshavare)"),
        ("Mål M1", "Mål."),
        ("Prioritet för mål M1", "1"),
        ("Delmål D1 till mål M1", BYTES),
        ("Frekvens", "Varannan helg."),
        ("Innehåll", "Lek, läxor och vila."),
        ("Rapportering, hur ofta", "Varje månad"),
        ("Rapportering, på vilket sätt", "Telefon"),
    ]


def test_a_returned_hvb_plan_tells_who_sent_it_and_every_part() -> None:
    plan = {**HVB_PLAN, "insatstyp": "hvb", "rapportering": None}
    found = dict(avsnitt("genomforandeplan.aterlamnad", **plan))
    assert found["Återlämnad av"] == "HVB Eken"
    assert set(HVB_PLAN.values()) <= set(found.values())


def test_signatures_are_told_one_by_one() -> None:
    assert avsnitt("genomforandeplan.undertecknad") == [
        ("Underskrift", "Eva Test (god man), 2026-03-19")
    ]


def test_an_uppfoljning_shows_execution_results_and_what_comes() -> None:
    mal = [
        {
            "mal_id": "M1",
            "text": BYTES,
            "forandring": "negativ_forandring",
            "resultat": "Svårare i vår.",
            "delmal": [
                {"delmal_id": "D1", "text": "Del.", "forandring": "ingen_forandring"},
            ],
        }
    ]
    kommande = [{"mal_id": "M1", "text": BYTES, "aterstar": "Det mesta."}]
    assert avsnitt(
        "uppfoljning.dokumenterad", mal=mal, mal_kommande_period=kommande, nasta_steg=["avslut"]
    ) == [
        ("Utförd enligt beslut och planering", "Ja."),
        ("Mål M1", BYTES),
        ("Förändring för mål M1", "Negativ förändring"),
        ("Resultat för mål M1", "Svårare i vår."),
        ("Delmål D1 till mål M1", "Del."),
        ("Förändring för delmål D1", "Ingen förändring"),
        ("Mål för kommande period M1", BYTES),
        ("Återstår för mål M1", "Det mesta."),
        ("Nästa steg", "Avslut"),
    ]


def test_an_uppfoljning_holds_the_decision_and_the_risk() -> None:
    """As the source wants it of avslut: in the document itself, not only in the decision."""
    avslutet: dict[str, Any] = {
        "vardbehov_tillgodosett": True,
        "riskbedomning": {"nuvarande": BYTES, "framtida": "Medel.", "bedomd_av": "Siv"},
        "beslut": {
            "beslut_id": "B3",
            "beslutstyp": "avslut",
            "beslutsdatum": "2026-07-22",
            "beslutsfattare": "Lo Ledamot",
            "orsak": "annan",
            "orsak_fritext": "Flyttar.",
        },
    }
    found = avsnitt("uppfoljning.dokumenterad", **avslutet, nasta_steg=["avslut"])
    assert found[-8:] == [
        ("Vårdbehovet tillgodosett", "Ja"),
        ("Risk nu", BYTES),
        ("Risk framåt", "Medel."),
        ("Risken bedömd av", "Siv"),
        ("Beslut", "Avslut, 2026-07-22, Lo Ledamot"),
        ("Orsak till avslutet", "Annan orsak"),
        ("Annan orsak", "Flyttar."),
        ("Nästa steg", "Avslut"),
    ]
    prolonged = {**avslutet["beslut"], "beslutstyp": "fortsatt_bistand", "orsak": None}
    found = avsnitt("uppfoljning.dokumenterad", vardbehov_tillgodosett=False, beslut=prolonged)
    assert ("Vårdbehovet tillgodosett", "Nej") in found
    assert ("Beslut", "Fortsatt bistånd, 2026-07-22, Lo Ledamot") in found


@pytest.mark.parametrize(
    ("typ", "insatstyp", "titel"),
    [
        ("uppdrag.upprattat", "bim_grupp", "Uppdrag: BIM-grupp"),
        ("genomforandeplan.faststalld", "oppenvard", "BBIC Genomförandeplan: Öppenvård"),
        ("uppfoljning.dokumenterad", "oppenvard", UPPFOLJNING),
        ("uppfoljning.dokumenterad", "kontaktperson", UPPFOLJNING),
        ("uppfoljning.dokumenterad", "hvb", "BBIC Uppföljning: HVB"),
        ("uppfoljning.dokumenterad", "familjehem", "BBIC Uppföljning: Familjehem"),
    ],
)
def test_what_the_sources_name_for_one_kind_is_not_said_of_another(
    typ: str, insatstyp: str, titel: str
) -> None:
    assert registrera(typ, insatstyp=insatstyp).titel == titel


def test_reports_tell_who_sent_them() -> None:
    made = registrera("rapport.inkommen", behov_av_forandring="Fler helger.")
    assert [(ett.rubrik, ett.text) for ett in made.avsnitt] == [
        ("Avsändare", "Familjen Berg (kontaktfamilj)"),
        ("Innehåll", "Det går bra."),
        ("Behov av förändring", "Fler helger."),
    ]
    assert made.forfattare == "Familjen Berg"


def test_the_longest_names_and_ids_still_fit() -> None:
    longest = "x" * 48
    mal = [
        {
            "mal_id": longest,
            "text": "Mål.",
            "delmal": [{"delmal_id": "y" * 48, "text": "Del."}],
        }
    ]
    assert registrera("genomforandeplan.faststalld", mal=mal, plan_id=longest)
    assert registrera("rapport.inkommen", avsandare="n" * 200).forfattare == "n" * 200

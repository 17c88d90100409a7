from typing import Any

import pytest

from bbic_bridge.handbook.handelser import Ogiltig, parse_event
from bbic_bridge.handbook.krav import KRAV
from bbic_bridge.handbook.regler import planera
from tests.handbook.minsta import DELTAGARE, handelse

VUXNA = DELTAGARE[1:]
PLACERINGENS_PLAN = {
    "former_for_uppfoljning": "Varannan månad.",
    "kontakt_med_socialsekreterare": "Varje vecka.",
    "andra_huvudman": "BUP.",
    "umgange": "Söndagar.",
}
HVB_PLAN = {
    **PLACERINGENS_PLAN,
    "skolgang": "Går kvar i klassen.",
    "halso_och_sjukvard": "Hälsoundersökning.",
}
RISK = {"nuvarande": "Låg.", "framtida": "Låg.", "bedomd_av": "Siv Sekreterare"}
MOTTAGARE = {"enhet_id": "chansen", "enhetschef": "Marie Fors"}

FEL: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("beslut.fattat", {"till": "2026-02-28"}, "till", {"till": "2026-03-01"}),
    ("beslut.verkstall", {"till": "2026-02-28"}, "till", {"till": "2026-03-01"}),
    ("beslut.fortsatt_bistand", {"till": "2026-08-31"}, "till", {"till": "2026-09-01"}),
    ("resurs.tilldela", {"till": "2026-02-28"}, "till", {"till": "2026-03-01"}),
    ("avtal.upprattat", {"till": "2026-02-28"}, "till", {"till": "2026-03-01"}),
    ("beslut.fortsatt_bistand", {"ersatter": "B2", "beslut_id": "B2"}, "ersatter", {}),
    ("uppdrag.reviderat", {"ersatter": "U2", "uppdrag_id": "U2"}, "ersatter", {}),
    ("aktanteckning.rattad", {"ersatter": "AN2"}, "ersatter", {"ersatter": "AN1"}),
    ("beslut.fattat", {"fran": None}, "fran", {"beslutstyp": "avslag", "fran": None}),
    ("uppdrag.upprattat", {"insatstyp": "oppenvard"}, "mottagare", {}),
    ("uppdrag.reviderat", {"insatstyp": "hvb"}, "mottagare", {"mottagare": MOTTAGARE}),
    ("genomforandeplan.faststalld", {"rapportering": None}, "rapportering", {}),
    (
        "barnsamtal.genomfort",
        {"vardnadshavare_informerad": "2026-07-11"},
        "vardnadshavare_informerad",
        {"vardnadshavare_informerad": "2026-07-10"},
    ),
    ("beslut.avslut", {"orsak": "annan"}, "orsak_fritext", {"orsak_fritext": "Flyttar."}),
    (
        "beslut.avslut",
        {"vardbehov_tillgodosett": True},
        "riskbedomning",
        {"vardbehov_tillgodosett": True, "riskbedomning": RISK},
    ),
]


@pytest.mark.parametrize(("typ", "brister", "falt", "uppfyller"), FEL)
def test_law_and_ska_content_is_demanded(
    typ: str, brister: dict[str, Any], falt: str, uppfyller: dict[str, Any]
) -> None:
    with pytest.raises(Ogiltig) as refused:
        parse_event(handelse(typ, **brister))
    assert refused.value.code == "invalid_document"
    assert [where for where, _ in refused.value.violations] == [f"/data/{falt}"]
    parse_event(handelse(typ, **uppfyller))


@pytest.mark.parametrize("falt", HVB_PLAN)
@pytest.mark.parametrize("typ", ["genomforandeplan.faststalld", "genomforandeplan.aterlamnad"])
def test_a_hvb_plan_holds_what_the_rules_ask(typ: str, falt: str) -> None:
    plan = {**HVB_PLAN, "insatstyp": "hvb", "rapportering": None}
    parse_event(handelse(typ, **plan))
    with pytest.raises(Ogiltig) as refused:
        parse_event(handelse(typ, **{**plan, falt: None}))
    assert [where for where, _ in refused.value.violations] == [f"/data/{falt}"]


def test_a_familjehem_plan_lacks_all_at_once() -> None:
    plan = {"insatstyp": "familjehem", "rapportering": None}
    with pytest.raises(Ogiltig) as refused:
        parse_event(handelse("genomforandeplan.faststalld", **plan))
    assert {where for where, _ in refused.value.violations} == {
        f"/data/{falt}" for falt in PLACERINGENS_PLAN
    }
    parse_event(handelse("genomforandeplan.faststalld", **plan, **PLACERINGENS_PLAN))


VARNINGAR: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "beslutsunderlag.upprattat",
        {"foraldrarnas_delaktighet": "Läst."},
        "barnets_delaktighet",
        {"foraldrarnas_delaktighet": "Läst.", "barnets_delaktighet": "Läst."},
    ),
    (
        "beslutsunderlag.upprattat",
        {"barnets_delaktighet": "Läst."},
        "foraldrarnas_delaktighet",
        {"foraldrarnas_delaktighet": "Läst.", "barnets_delaktighet": "Läst."},
    ),
    ("uppstartsmote.kallat", {"kallade": VUXNA}, "kallade", {}),
    (
        "uppstartsmote.kallat",
        {"kallade": DELTAGARE[:1]},
        "kallade",
        {"kallade": [DELTAGARE[0], {"namn": "Gun God", "roll": "god_man"}]},
    ),
    (
        "uppstartsmote.genomfort",
        {"deltagare": VUXNA},
        "deltagare",
        {"deltagare": VUXNA, "barnet_deltog_inte_for": "Sjuk, bedömt olämpligt."},
    ),
    (
        "uppfoljningsmote.genomfort",
        {"deltagare": VUXNA},
        "deltagare",
        {"deltagare": VUXNA, "barnet_deltog_inte_for": "Ville inte."},
    ),
    (
        "beslut.avslut",
        {"orsak": "familjen_tackar_nej"},
        "oro_for_barnet",
        {"orsak": "familjen_tackar_nej", "oro_for_barnet": False},
    ),
]


@pytest.mark.parametrize(("typ", "brister", "falt", "uppfyller"), VARNINGAR)
def test_bor_and_ska_with_an_exception_travel_along_as_warnings(
    typ: str, brister: dict[str, Any], falt: str, uppfyller: dict[str, Any]
) -> None:
    plan = planera(parse_event(handelse(typ, **brister)))
    assert [varning.pointer for varning in plan.varningar] == [f"/data/{falt}"]
    assert planera(parse_event(handelse(typ, **uppfyller))).varningar == ()


def test_every_rule_names_a_field_of_its_document_and_a_reason() -> None:
    for krav in KRAV:
        assert krav.falt in krav.galler.model_fields
        assert krav.text
        assert krav.insatstyper


def test_every_rule_was_seen_to_bite() -> None:
    tested = {falt for _, _, falt, _ in FEL + VARNINGAR} | set(HVB_PLAN)
    assert {krav.falt for krav in KRAV} == tested

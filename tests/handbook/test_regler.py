from typing import Any

import pytest

from bbic_bridge.handbook.handelser import HANDELSER, parse_event
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER, KONTAKTPERSON_MFL
from bbic_bridge.handbook.regler import OPERATIONER, REGLER, Plan, Planerad, planera
from bbic_bridge.handbook.uppgifter import EFFEKTER, UPPGIFTER, Insatstyp
from tests.handbook.minsta import HVB_PLAN, TYPER, handelse

SANDS_VIDARE = ("oppenvard", "hvb", "familjehem")
MOTTAGARE = {"enhet_id": "chansen", "enhetschef": "Marie Fors"}
GIVES = {
    "registrera_beslut": {"beslut.fattat", "beslut.fortsatt_bistand", "beslut.avslut"},
    "verkstall_beslut": {"beslut.verkstall"},
    "tilldela_resurs": {"resurs.tilldela"},
    "vidarebefordra_uppdrag": {"uppdrag.upprattat", "uppdrag.reviderat"},
    "aterkalla_uppdrag": {"uppdrag.aterkallat"},
    "registrera_dokument": {
        "uppdrag.upprattat",
        "uppdrag.reviderat",
        "uppdrag.aterkallat",
        "beslutsunderlag.upprattat",
        "vardplan.upprattad",
        "genomforandeplan.faststalld",
        "genomforandeplan.aterlamnad",
        "genomforandeplan.undertecknad",
        "uppfoljning.dokumenterad",
        "samverkan.dokumenterad",
        "rapport.inkommen",
        "slutrapport.inkommen",
    },
    "skapa_aktanteckning": {
        "aktanteckning.skriven",
        "uppstartsmote.genomfort",
        "planeringsmote.genomfort",
        "barnsamtal.genomfort",
        "uppfoljningsmote.genomfort",
    },
    "ratta_aktanteckning": {"aktanteckning.rattad"},
    "avsluta_insats_och_resurs": {"insats.avsluta"},
}


def plan(typ: str, **andrat: Any) -> Plan:
    return planera(parse_event(handelse(typ, **andrat)))


def only(typ: str, **andrat: Any) -> Planerad:
    (one,) = plan(typ, **andrat).uppgifter
    return one


def test_the_table_is_the_one_that_is_published() -> None:
    table = {
        operation: {regel.handelse for regel in REGLER if regel.operation == operation}
        for operation in OPERATIONER
    }
    assert table == GIVES
    recorded = {regel.handelse for regel in REGLER if regel.operation is None}
    assert recorded == set(TYPER) - set().union(*GIVES.values())


def test_every_event_has_a_rule_and_every_operation_an_uppgift() -> None:
    assert {f"se.bbic.{regel.handelse}" for regel in REGLER} == set(HANDELSER)
    assert set(OPERATIONER) == set(UPPGIFTER)
    for regel in REGLER:
        assert (regel.operation is None) == (regel.gor is None)
        assert 1 <= regel.steg <= 13
        assert regel.forklaring.endswith(".")
    assert [regel.steg for regel in REGLER] == sorted(regel.steg for regel in REGLER)


def test_the_rules_of_one_event_share_the_insatstyper_without_overlap() -> None:
    for typ in TYPER:
        galler = [regel.galler for regel in REGLER if regel.handelse == typ]
        assert sum(len(one) for one in galler) == len(ALLA_INSATSTYPER)
        assert frozenset().union(*galler) == ALLA_INSATSTYPER


@pytest.mark.parametrize("typ", TYPER)
def test_every_event_is_planned_alike_each_time(typ: str) -> None:
    first = plan(typ)
    assert first == plan(typ)
    for one in first.uppgifter:
        model = UPPGIFTER[one.operation]
        assert type(one.uppgift) is model
        assert model.model_validate_json(one.uppgift.model_dump_json()) == one.uppgift
        assert len(one.ger) == len(EFFEKTER.get(one.operation, (None,)))
        assert one.lank == OPERATIONER[one.operation].lank
        assert not set(one.kraver) & set(one.ger)


@pytest.mark.parametrize(
    ("typ", "andrat", "kraver", "ger", "ger_ocksa"),
    [
        ("beslut.fattat", {}, [], ["beslut_registrerat:B1"], []),
        (
            "beslut.fortsatt_bistand",
            {},
            ["beslut_registrerat:B1"],
            ["beslut_registrerat:B2"],
            [],
        ),
        ("beslut.avslut", {}, ["beslut_registrerat:B2"], ["beslut_registrerat:B3"], []),
        (
            "beslut.verkstall",
            {},
            ["beslut_registrerat:B1"],
            ["beslut_verkstallt:B1"],
            ["insats_startad:I1"],
        ),
        (
            "resurs.tilldela",
            {},
            ["beslut_verkstallt:B1", "resurs_registrerad:R-KF-1"],
            ["resurs_tilldelad:I1/R-KF-1"],
            [],
        ),
        ("uppdrag.upprattat", {}, ["beslut_registrerat:B1"], ["dokument_registrerat:U1"], []),
        (
            "uppdrag.reviderat",
            {},
            ["dokument_registrerat:U1", "beslut_registrerat:B1"],
            ["dokument_registrerat:U2"],
            [],
        ),
        (
            "uppdrag.aterkallat",
            {"insatstyp": "kontaktperson"},
            ["dokument_registrerat:U1"],
            ["dokument_registrerat:U1.aterkallat"],
            [],
        ),
        (
            "uppdrag.aterkallat",
            {},
            ["uppdrag_vidarebefordrat:U1"],
            ["uppdrag_aterkallat:U1"],
            [],
        ),
        ("genomforandeplan.faststalld", {}, [], ["dokument_registrerat:P1"], []),
        (
            "genomforandeplan.faststalld",
            {"plan_id": "P2", "ersatter": "P1"},
            ["dokument_registrerat:P1"],
            ["dokument_registrerat:P2"],
            [],
        ),
        (
            "genomforandeplan.aterlamnad",
            {},
            [],
            ["dokument_registrerat:P1.aterlamnad"],
            ["dokument_registrerat:P1"],
        ),
        (
            "genomforandeplan.undertecknad",
            {},
            ["dokument_registrerat:P1"],
            ["dokument_registrerat:P1.undertecknad"],
            [],
        ),
        ("aktanteckning.skriven", {}, [], ["aktanteckning_skapad:AN1"], []),
        (
            "aktanteckning.rattad",
            {},
            ["aktanteckning_skapad:AN1"],
            ["aktanteckning_skapad:AN2"],
            [],
        ),
        ("uppstartsmote.genomfort", {}, [], ["aktanteckning_skapad:MOTE1"], []),
        (
            "insats.avsluta",
            {},
            ["insats_startad:I1", "resurs_tilldelad:I1/R-KF-1", "beslut_registrerat:B3"],
            ["resurs_avslutad:I1", "insats_avslutad:I1"],
            [],
        ),
        (
            "insats.avsluta",
            {"resurs_id": None, "avslutsbeslut_id": None},
            ["insats_startad:I1"],
            ["resurs_avslutad:I1", "insats_avslutad:I1"],
            [],
        ),
    ],
)
def test_what_each_operation_waits_for_and_gives(
    typ: str, andrat: dict[str, Any], kraver: list[str], ger: list[str], ger_ocksa: list[str]
) -> None:
    one = only(typ, **andrat)
    assert (list(one.kraver), list(one.ger), list(one.ger_ocksa)) == (kraver, ger, ger_ocksa)


@pytest.mark.parametrize("insatstyp", SANDS_VIDARE)
def test_an_uppdrag_is_sent_on_and_its_revision_after_it(insatstyp: str) -> None:
    first = only("uppdrag.upprattat", insatstyp=insatstyp, mottagare=MOTTAGARE)
    assert first.operation == "vidarebefordra_uppdrag"
    assert first.kraver == ("beslut_registrerat:B1",)
    second = only("uppdrag.reviderat", insatstyp=insatstyp, mottagare=MOTTAGARE)
    assert second.operation == "vidarebefordra_uppdrag"
    assert second.kraver == ("beslut_registrerat:B1", *first.ger)


@pytest.mark.parametrize("insatstyp", sorted(ALLA_INSATSTYPER - set(SANDS_VIDARE)))
def test_an_uppdrag_inside_the_plan_is_kept_in_the_journal(insatstyp: Insatstyp) -> None:
    assert only("uppdrag.upprattat", insatstyp=insatstyp).operation == "registrera_dokument"
    assert insatstyp in KONTAKTPERSON_MFL | {"bim_grupp", "stod_i_foraldrarollen"}


def test_a_plan_told_by_the_utforare_can_be_signed() -> None:
    signed = only("genomforandeplan.undertecknad")
    returned = only("genomforandeplan.aterlamnad", **HVB_PLAN, insatstyp="hvb")
    assert set(signed.kraver) <= set(returned.ger_ocksa)
    assert returned.ger != only("genomforandeplan.faststalld").ger


def test_ids_of_full_length_fit_where_others_are_derived_from_them() -> None:
    longest = "x" * 48
    for typ in ("genomforandeplan.aterlamnad", "genomforandeplan.undertecknad"):
        assert only(typ, plan_id=longest).ger[0].startswith(f"dokument_registrerat:{longest}.")
    assert only("uppdrag.aterkallat", uppdrag_id=longest, insatstyp="kontaktperson").kraver


@pytest.mark.parametrize(
    "typ",
    ["remiss.skickad", "matchning.foreslagen", "matchningsmote.genomfort", "matchning.samtyckt"],
)
def test_matching_is_recorded_at_once_and_waits_for_no_decision(typ: str) -> None:
    """Often it is done before the decision (A:21, A:23)."""
    assert plan(typ).uppgifter == ()


def test_a_resource_is_given_when_it_is_registered_there() -> None:
    """Familjehemssekreteraren registers it (A:67); the vendor tells ``resurs.registrerad``."""
    assert "resurs_registrerad:R-KF-1" in only("resurs.tilldela").kraver

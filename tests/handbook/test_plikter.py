"""``docs/handbook.md`` says what the code does: every rule is there, every row has its proof."""

import pytest

from bbic_bridge.handbook.avvikelser.slag import SLAG
from bbic_bridge.handbook.frister import REGEL
from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, TILL_WORKFLOW
from bbic_bridge.handbook.krav import KRAV
from bbic_bridge.handbook.punkter import kalla_av, punkt_vid
from bbic_bridge.handbook.steg import STEG
from tests.handbook.minsta import TYPER
from tests.handbook.plikter import Plikt, plikter
from tests.handbook.prov import ord_i, provet
from tests.handbook.test_krav import INNEHALL

PLIKTER = plikter()
# What is guarded by the shape of a document, by what operations wait for, or by who someone is.
OVRIGA = {"form", "ordning", "skydd", "identitet"}
KODER = {krav.kod for krav in KRAV} | set(REGEL) | set(SLAG)
FORMEN = "handbook/test_krav.py::test_what_the_sources_list_cannot_be_left_out"
VIKTER = {"lag", "ska", "ska_om_inte", "bor", "kan", "person"}


def name(plikt: Plikt) -> str:
    return plikt.kalla


def test_every_rule_of_the_code_stands_in_the_table() -> None:
    told = {kod for plikt in PLIKTER for kod in plikt.regler}
    assert sorted(KODER - told) == []


def test_every_event_of_the_workflow_stands_in_the_table() -> None:
    told = {PREFIX + typ for plikt in PLIKTER for typ in plikt.handelser}
    # What a vendor shows of our own writes, and how deliveries went, are no duties.
    assert sorted(set(HANDELSER) - told) == []


@pytest.mark.parametrize("plikt", PLIKTER, ids=name)
def test_a_row_names_what_exists(plikt: Plikt) -> None:
    known = {typ.removeprefix(PREFIX) for typ in (*HANDELSER, *TILL_WORKFLOW)}
    assert set(plikt.handelser) <= known
    assert set(plikt.regler) <= KODER | OVRIGA
    assert plikt.vikt in VIKTER


@pytest.mark.parametrize("plikt", PLIKTER, ids=name)
def test_a_row_has_a_test_that_speaks_of_it(plikt: Plikt) -> None:
    """Of each of its rules; of each of its events, where no rule of its own guards it."""
    koder = set(plikt.regler) - OVRIGA
    if not plikt.prov:
        assert plikt.vikt in {"person", "kan"}
        assert not koder
        return
    namnda = [ord_i(provet(prov)) for prov in plikt.prov]
    assert all(namnda)
    # A test that goes over all events speaks of none of them.
    sagda = set().union(*(ord_ for ord_ in namnda if not set(TYPER) <= ord_))
    assert sorted((koder or set(plikt.handelser)) - sagda) == []


@pytest.mark.parametrize("plikt", [en for en in PLIKTER if FORMEN in en.prov], ids=name)
def test_what_the_shape_of_a_document_guards_is_a_field_that_the_source_asks_for(
    plikt: Plikt,
) -> None:
    assert set(plikt.handelser) & set(INNEHALL)
    for typ in set(plikt.handelser) & set(INNEHALL):
        falten = HANDELSER[PREFIX + typ].model_fields
        kallor = {
            kalla for falt in INNEHALL[typ] for kalla in (kalla_av(falten[falt]) or "").split(", ")
        }
        assert kallor & plikt.kallor(), typ


def test_a_proof_is_a_test_that_is_there() -> None:
    for prov in ("handbook/test_krav.py", "handbook/test_krav.py::vagrade", "x/test_y.py::test_z"):
        with pytest.raises(LookupError):
            provet(prov)


WEIGHTS: dict[str, set[str]] = {
    **{krav.kod: {krav.vikt} for krav in KRAV},
    **{kod: {slag.vikt} for kod, slag in SLAG.items()},
    **{kod: {regel.vikt} for kod, regel in REGEL.items()},
    # SKA in the first period, BÖR after fortsatt bistånd: a row each.
    "uppfoljningsmote": {"ska", "bor"},
}


@pytest.mark.parametrize("plikt", PLIKTER, ids=name)
def test_a_row_weighs_what_each_of_its_rules_weighs(plikt: Plikt) -> None:
    other = {
        kod: WEIGHTS[kod] for kod in plikt.regler if plikt.vikt not in WEIGHTS.get(kod, VIKTER)
    }
    assert other == {}


@pytest.mark.parametrize("plikt", PLIKTER, ids=name)
def test_a_rule_of_our_own_stands_in_no_row_of_a_source(plikt: Plikt) -> None:
    own = {krav.kod for krav in KRAV if krav.kalla == "D"}
    assert plikt.kalla == "D" or not own & set(plikt.regler)


@pytest.mark.parametrize("plikt", [en for en in PLIKTER if FORMEN in en.prov], ids=name)
def test_a_row_weighs_what_the_shape_weighs(plikt: Plikt) -> None:
    """What law asks for is asked of a placed child."""
    slag = "hvb" if "L: " in plikt.kalla else None
    for typ in set(plikt.handelser) & set(INNEHALL):
        document = HANDELSER[PREFIX + typ]
        for falt in INNEHALL[typ]:
            said = set((kalla_av(document.model_fields[falt]) or "").split(", "))
            if said & plikt.kallor():
                assert punkt_vid(document, (falt,), slag).vikt == plikt.vikt, (typ, falt)


# The duty that each step shows, by the first words of its row.
STEGENS_RADER: tuple[tuple[str, str], ...] = (
    ("Ärendet är aktualiserat", "Ärendet aktualiseras och"),
    ("Utredning är inledd", "Ärendet aktualiseras och"),
    ("Beslutsunderlag är upprättat", "Bedömning av centrala behov"),
    ("Vårdplan är upprättad", "Vårdplan för placerat barn"),
    ("Remiss är skickad", "Remiss till familjehemsvården"),
    ("Uppdragstagare är föreslagen", "Familjehemssekreteraren utreder och föreslår"),
    ("Mötet inför samtycke är hållet", "Möte med barn"),
    ("Barnet har samtyckt", "Familjen samtycker"),
    ("Vårdnadshavare eller god man har samtyckt", "Familjen samtycker"),
    ("Avtal är upprättat", "Familjehemssekreteraren upprättar avtal"),
    ("Beslut är fattat", "Beslutet dokumenteras i BBIC Beslut"),
    ("Uppdrag är upprättat", "Ett uppdrag upprättas"),
    ("Uppdraget är mottaget", "Mottagaren kvitterar"),
    ("Uppdraget är fördelat", "Enhetschefen fördelar"),
    ("Planeringsmöte är hållet", "Planeringsmöte i öppenvård"),
    ("Familjen är kallad till uppstartsmöte", "Alla berörda sammankallas"),
    ("Uppstartsmöte är hållet", "Alla berörda sammankallas"),
    ("Uppföljningsmöte är bokat", "Uppföljningsmötet bokas"),
    ("Insatsen har startat", "Starten berättas"),
    ("Genomförandeplan finns", "Planen är färdig inom tre veckor"),
    (
        "Vårdnadshavare eller god man har undertecknat planen",
        "Planen med hemmets mål skickas tillbaka",
    ),
    ("Socialsekreteraren har undertecknat planen", "Planen med hemmets mål skickas tillbaka"),
    ("Beslutet är verkställt", "Socialsekreteraren verkställer"),
    ("Resurs är tilldelad", "Därefter tilldelas resursen"),
    ("Resurs är tilldelad", "En placering får också ha en resurs"),
    ("Återkoppling har kommit", "Uppdragstagaren återkopplar"),
    ("Återkoppling har kommit", "Andra utförare rapporterar"),
    ("Samverkan är dokumenterad", "Socialsekreteraren ansvarar för den samordning"),
    ("Barnsamtal är erbjudet", "Ett barnsamtal erbjuds"),
    ("Barnsamtal är hållet", "Samtalet hålls"),
    ("Uppföljningsmöte är hållet", "Uppföljningsmöte minst en månad"),
    ("Uppföljning är dokumenterad", "Uppföljning dokumenteras"),
    ("Fortsatt bistånd eller avslut är beslutat", "Beslut om fortsatt bistånd"),
    ("Fortsatt bistånd eller avslut är beslutat", "Andra slags insatser: fortsatt bistånd"),
    ("Kopia till familjehemssekreteraren är lämnad", "Kopia av förlängt bistånd"),
    ("Kopia till berörda parter är lämnad", "Kopia av förlängt bistånd"),
    ("Nytt avtal är upprättat", "Familjehemssekreteraren upprättar nytt avtal"),
    ("Ny utredning är inledd", "Ny utredning"),
    ("Uppdraget är reviderat", "Ändrade och prioriterade mål"),
    ("Slutrapport har kommit", "Informationen som uppdraget begärt"),
    ("Beslut om avslut är fattat", "Beslutet om avslut dokumenteras med sin orsak"),
    ("Insats och resurs är avslutade", "Insats och resurs avslutas"),
)


def test_every_step_weighs_what_its_duty_weighs() -> None:
    assert [ett.namn for ett in STEG] == [namn for namn, _ in STEGENS_RADER]
    for ett, (_, borjan) in zip(STEG, STEGENS_RADER, strict=True):
        typer = {handelse.partition(":")[0] for handelse in ett.handelser}
        rader = [en for en in PLIKTER if en.plikt.startswith(borjan) and typer & set(en.handelser)]
        assert [en.vikt for en in rader] == [ett.vikt], ett.namn

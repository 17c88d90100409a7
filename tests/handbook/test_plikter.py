"""``docs/handbook.md`` says what the code does: every rule is there, every row has its proof."""

from pathlib import Path

import pytest

from bbic_bridge.handbook.avvikelseslag import SLAG
from bbic_bridge.handbook.frister import REGEL
from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, TILL_WORKFLOW
from bbic_bridge.handbook.krav import KRAV
from tests.handbook.plikter import Plikt, plikter

TESTS = Path(__file__).parents[1]
PLIKTER = plikter()
# What is guarded by the shape of a document, by what operations wait for, or by who someone is.
OVRIGA = {"form", "ordning", "skydd", "identitet"}
KODER = {krav.kod for krav in KRAV} | set(REGEL) | set(SLAG)
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
def test_a_row_has_a_proof_that_speaks_of_it(plikt: Plikt) -> None:
    if plikt.vikt == "person" or not (plikt.handelser and plikt.prov):
        assert plikt.vikt in {"person", "kan"}
        return
    for prov in plikt.prov:
        text = (TESTS / prov).read_text(encoding="utf-8")
        # A test of every document's shape goes over them all.
        words = (*plikt.handelser, *plikt.regler, *(("TYPER",) if "form" in plikt.regler else ()))
        assert any(word in text for word in words)


def test_a_row_weighs_what_its_rule_weighs() -> None:
    weights = {krav.kod: krav.vikt for krav in KRAV} | {
        kod: slag.vikt for kod, slag in SLAG.items()
    }
    for plikt in PLIKTER:
        weighed = {weights[kod] for kod in plikt.regler if kod in weights}
        if weighed:
            assert plikt.vikt in weighed, plikt.kalla

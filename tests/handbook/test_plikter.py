"""``docs/handbook.md`` says what the code does: every rule is there, every row has its proof."""

import pytest

from bbic_bridge.handbook.avvikelser.slag import SLAG
from bbic_bridge.handbook.frister import REGEL
from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, TILL_WORKFLOW
from bbic_bridge.handbook.krav import KRAV
from bbic_bridge.handbook.punkter import kalla_av
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


def test_a_row_weighs_what_its_rule_weighs() -> None:
    weights = {krav.kod: krav.vikt for krav in KRAV} | {
        kod: slag.vikt for kod, slag in SLAG.items()
    }
    for plikt in PLIKTER:
        weighed = {weights[kod] for kod in plikt.regler if kod in weights}
        if weighed:
            assert plikt.vikt in weighed, plikt.kalla

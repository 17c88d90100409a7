import pytest

from bbic_bridge.handbook.fakta import ANDRINGAR, KOMMUNVIDA, faktum
from bbic_bridge.handbook.handelser import TILL_WORKFLOW
from bbic_bridge.handbook.regler import OPERATIONER, fakta_av_andring, handelsetyp_av_andring

IDS = {
    "resurs_id": "R1",
    "beslut_id": "B1",
    "insats_id": "I1",
    "anteckning_id": "AN1",
    "uppdrag_id": "U1",
    "plan_id": "P1",
}


@pytest.mark.parametrize(
    ("kind", "typ", "fakta"),
    [
        ("resurs_registrerad", "resurs.registrerad", ("resurs_registrerad:R1",)),
        ("beslut_registrerat", "beslut.registrerat", ("beslut_registrerat:B1",)),
        ("beslut_verkstallt", "beslut.verkstallt", ("beslut_verkstallt:B1", "insats_startad:I1")),
        ("resurs_tilldelad", "resurs.tilldelad", ("resurs_tilldelad:I1/R1",)),
        ("aktanteckning_skapad", "aktanteckning.inkommen", ("aktanteckning_skapad:AN1",)),
        ("uppdrag_mottaget", "uppdrag.mottaget", ("uppdrag_mottaget:U1",)),
        ("uppdrag_fordelat", "uppdrag.fordelat", ("uppdrag_fordelat:U1",)),
        ("uppdrag_avbojt", "uppdrag.avbojt", ("uppdrag_avbojt:U1",)),
        ("uppdrag_aterkallat", "uppdrag.aterkallat", ("uppdrag_aterkallat:U1",)),
        (
            "genomforandeplan_upprattad",
            "genomforandeplan.inkommen",
            ("genomforandeplan_inkommen:P1", "dokument_registrerat:P1"),
        ),
        ("insats_avslutad", "insats.avslutad", ("insats_avslutad:I1",)),
    ],
)
def test_a_vendors_change_gives_facts_and_an_event(
    kind: str, typ: str, fakta: tuple[str, ...]
) -> None:
    assert fakta_av_andring(kind, IDS) == fakta
    assert handelsetyp_av_andring(kind) == f"se.bbic.{typ}"
    assert handelsetyp_av_andring(kind) in TILL_WORKFLOW


def test_what_the_vendor_does_not_identify_gives_no_fact() -> None:
    assert fakta_av_andring("beslut_verkstallt", {"beslut_id": None, "insats_id": "I1"}) == (
        "insats_startad:I1",
    )
    assert fakta_av_andring("resurs_tilldelad", {"insats_id": "I1"}) == ()
    assert fakta_av_andring("beslut_registrerat", {"beslut_id": ""}) == ()


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        fakta_av_andring("flyttat", IDS)
    with pytest.raises(KeyError):
        handelsetyp_av_andring("flyttat")


def test_only_resources_belong_to_the_whole_kommun() -> None:
    assert {"resurs_registrerad"} == KOMMUNVIDA


def test_every_fact_that_is_waited_for_can_be_given() -> None:
    given = {fakt.partition(":")[0] for en in ANDRINGAR.values() for fakt in en.fakta}
    given |= {f.partition(":")[0] for op in OPERATIONER.values() for f in op.ger + op.ger_ocksa}
    waited = {f.partition(":")[0] for op in OPERATIONER.values() for f in op.kraver}
    assert waited <= given


def test_a_fact_of_two_ids_needs_both() -> None:
    assert faktum("a:x/y", {"x": "1", "y": "2"}.get) == "a:1/2"
    assert faktum("a:x/y", {"x": "1"}.get) is None

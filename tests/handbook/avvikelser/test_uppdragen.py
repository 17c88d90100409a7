"""Which version of an uppdrag is in force on a day."""

import random
from datetime import timedelta

from bbic_bridge.handbook.avvikelser.uppdragen import Uppdragen, i_kraft
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from tests.handbook.fall import d, notis


def version(uppdrag_id: str, dag: str, ersatter: str | None = None) -> Notis:
    typ = "uppdrag.upprattat" if ersatter is None else "uppdrag.reviderat"
    data = {"insats_id": "I1", "datum": dag, "ersatter": ersatter}
    return notis(typ, dag, uppdrag_id=uppdrag_id, **data)


def slut(typ: str, uppdrag_id: str, dag: str) -> Notis:
    return notis(typ, dag, uppdrag_id=uppdrag_id, datum=dag)


CHAIN = (
    version("U1", "2026-01-01"),
    version("U2", "2026-03-01", "U1"),
    version("U3", "2026-05-01", "U2"),
    slut("uppdrag.avbojt", "U3", "2026-06-01"),
    slut("uppdrag.aterkallat", "U2", "2026-08-01"),
)


def in_force(day: str) -> list[str]:
    for seed in range(3):
        shuffled = random.Random(seed).sample(CHAIN, len(CHAIN))
        uppdragen = Uppdragen(Lage(shuffled))
        found = [ett.uppdrag_id for ett in i_kraft(uppdragen.av_insats("I1"), d(day))]
    return found


def test_the_latest_version_that_is_not_ended_is_in_force() -> None:
    days = ("2025-12-31", "2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01", "2026-08-01")
    assert [in_force(day) for day in days] == [[], ["U1"], ["U2"], ["U3"], ["U2"], ["U1"]]


def test_taken_back_goes_before_declined() -> None:
    both = (
        slut("uppdrag.avbojt", "U1", "2026-02-01"),
        slut("uppdrag.aterkallat", "U1", "2026-04-01"),
    )
    uppdragen = Uppdragen(Lage((version("U1", "2026-01-01"), *both)))
    ended = uppdragen.alla["U1"]
    assert (ended.genom, ended.slut) == ("aterkallat", d("2026-02-01"))


def test_a_version_is_found_with_all_others_of_its_chain() -> None:
    uppdragen = Uppdragen(Lage((*CHAIN, version("U9", "2026-01-01"))))
    for one in ("U1", "U2", "U3"):
        assert [ett.uppdrag_id for ett in uppdragen.versioner(one)] == ["U1", "U2", "U3"]
    assert uppdragen.senare(["U2"]) == {"U2", "U3"}
    assert uppdragen.versioner("U7") == ()


def test_what_happened_first_ended_first() -> None:
    late = slut("uppdrag.aterkallat", "U1", "2026-05-01")
    early = Notis(
        "R0", late.typ, late.tid - timedelta(days=30), {**late.data, "datum": "2026-04-01"}
    )
    assert Uppdragen(Lage((late, early))).slut["U1"] == ("aterkallat", d("2026-04-01"))

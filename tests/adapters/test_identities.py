"""Which ids an order mentions, and what a change ties."""

from dataclasses import replace

import pytest

from bbic_bridge.adapters.identities import known_ids, links_of_change
from bbic_bridge.delivery.ports import Link
from tests.adapters.orders import AVSLUTA, order

KNOWN = {
    ("beslut", "B-1"): "11",
    ("beslut", "B-0"): "10",
    ("insats", "I-1"): "31",
    ("resurstilldelning", "I-1/R-1"): "41",
    ("uppdrag", "U-1"): "51",
    ("uppdrag", "U-0"): "50",
    ("anteckning", "N-1"): "61",
    ("dokument", "D-0"): "70",
    ("insats", "B-0"): "wrong kind",
}


@pytest.mark.parametrize(
    ("message", "changed", "ids"),
    [
        ("registrera_beslut", {"ersatter": "B-0"}, {"beslut": "11", "ersatter": "10"}),
        ("registrera_beslut", {"beslut_id": "B-2"}, {}),
        ("verkstall_beslut", {}, {"beslut": "11", "insats": "31"}),
        (
            "vidarebefordra_uppdrag",
            {"uppdrag_id": "U-2", "ersatter": "U-0"},
            {"beslut": "11", "insats": "31", "ersatter": "50"},
        ),
        ("aterkalla_uppdrag", {}, {"uppdrag": "51"}),
        ("registrera_dokument", {"ersatter": "D-0"}, {"ersatter": "70"}),
        ("ratta_aktanteckning", {}, {"ersatter": "61"}),
        (
            f"{AVSLUTA}/resurs",
            {},
            {"beslut": "11", "insats": "31", "resurstilldelning": "41"},
        ),
        (f"{AVSLUTA}/insats", {"resurs_id": None}, {"beslut": "11", "insats": "31"}),
    ],
)
def test_the_vendors_ids_of_what_an_order_mentions(
    message: str, changed: dict[str, str], ids: dict[str, str]
) -> None:
    assert known_ids(replace(order(message, **changed), vendor_ids=KNOWN)) == ids


@pytest.mark.parametrize(
    ("kind", "data", "others", "links"),
    [
        ("resurs_registrerad", {"resurs_id": "R-1"}, {}, []),
        ("beslut_registrerat", {"beslut_id": "B-1"}, {}, [Link("beslut", "B-1", "7")]),
        ("beslut_registrerat", {}, {}, [Link("beslut", "", "7")]),
        (
            "beslut_verkstallt",
            {"beslut_id": "B-1", "insats_id": "I-1"},
            {"beslut": "11", "insats": "31"},
            [
                Link("beslut", "B-1", "11"),
                Link("insats", "I-1", "31"),
                Link("verkstallighet", "B-1", "7"),
            ],
        ),
        (
            "resurs_tilldelad",
            {"insats_id": "I-1", "resurs_id": "R-1"},
            {"insats": "31"},
            [Link("insats", "I-1", "31"), Link("resurstilldelning", "I-1/R-1", "7")],
        ),
        ("resurs_tilldelad", {"resurs_id": "R-1"}, {}, [Link("resurstilldelning", "", "7")]),
        ("uppdrag_avbojt", {"uppdrag_id": "U-1"}, {}, [Link("uppdrag", "U-1", "7")]),
        ("genomforandeplan_upprattad", {"plan_id": "P-1", "uppdrag_id": "U-1"}, {}, []),
        ("insats_avslutad", {"insats_id": "I-1"}, {}, [Link("insats", "I-1", "7")]),
    ],
)
def test_a_change_ties_what_it_names(
    kind: str, data: dict[str, str], others: dict[str, str], links: list[Link]
) -> None:
    assert list(links_of_change(kind, "7", data, others)) == links

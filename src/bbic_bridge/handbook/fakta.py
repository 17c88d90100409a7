"""Facts (``name:id``) that vendors tell, and the events by which the workflow hears of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bbic_bridge.handbook.handelser import PREFIX

KOMMUNVIDA = frozenset({"resurs_registrerad"})
"""Facts that hold in the whole kommun; all others belong to one ärende."""


@dataclass(frozen=True, slots=True)
class Andring:
    """A kind of vendor change: the event it becomes, and the facts it gives (``name:field``)."""

    handelse: str
    fakta: tuple[str, ...]


ANDRINGAR: Mapping[str, Andring] = {
    "resurs_registrerad": Andring("resurs.registrerad", ("resurs_registrerad:resurs_id",)),
    "beslut_registrerat": Andring("beslut.registrerat", ("beslut_registrerat:beslut_id",)),
    "beslut_verkstallt": Andring(
        "beslut.verkstallt", ("beslut_verkstallt:beslut_id", "insats_startad:insats_id")
    ),
    "resurs_tilldelad": Andring("resurs.tilldelad", ("resurs_tilldelad:insats_id/resurs_id",)),
    "aktanteckning_skapad": Andring(
        "aktanteckning.inkommen", ("aktanteckning_skapad:anteckning_id",)
    ),
    "uppdrag_mottaget": Andring("uppdrag.mottaget", ("uppdrag_mottaget:uppdrag_id",)),
    "uppdrag_fordelat": Andring("uppdrag.fordelat", ("uppdrag_fordelat:uppdrag_id",)),
    "uppdrag_avbojt": Andring("uppdrag.avbojt", ("uppdrag_avbojt:uppdrag_id",)),
    "uppdrag_aterkallat": Andring("uppdrag.aterkallat", ("uppdrag_aterkallat:uppdrag_id",)),
    "genomforandeplan_upprattad": Andring(
        "genomforandeplan.inkommen",
        ("genomforandeplan_inkommen:plan_id", "dokument_registrerat:plan_id"),
    ),
    "insats_avslutad": Andring("insats.avslutad", ("insats_avslutad:insats_id",)),
}


def faktum(mall: str, varde: Callable[[str], object]) -> str | None:
    """Fills ``name:field`` or ``name:field/field``; None where a field is empty."""
    namn, _, falt = mall.partition(":")
    varden = [varde(ett) for ett in falt.split("/")]
    if not all(varden):
        return None
    return f"{namn}:{'/'.join(str(ett) for ett in varden)}"


def fakta_av_andring(kind: str, data: Mapping[str, object]) -> tuple[str, ...]:
    """The facts that a vendor's change gives; those whose ids we do not know fall away.

    Raises:
        KeyError: the kind is not one of ``ANDRINGAR``.
    """
    fyllda = (faktum(mall, data.get) for mall in ANDRINGAR[kind].fakta)
    return tuple(fylld for fylld in fyllda if fylld is not None)


def handelsetyp_av_andring(kind: str) -> str:
    """The full type of the event that tells the workflow of the change.

    Raises:
        KeyError: the kind is not one of ``ANDRINGAR``.
    """
    return PREFIX + ANDRINGAR[kind].handelse

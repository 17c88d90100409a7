"""The kinds of deviation that show across a case's documents: text, source and weight of each.

A source is a text and its line (``A:91``) or our own design (D). Weight: ``ska`` where the source
says so or names who answers for it, ``ska_om_inte`` where it allows an exception, ``bor`` where it
only tells what is done.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

Vikt = Literal["ska", "ska_om_inte", "bor"]


@dataclass(frozen=True, slots=True)
class Plats:
    """A text in one of the case's documents: the event's row, and a JSON pointer into ``data``."""

    rad: str
    pointer: str


Jamforelse = tuple[Plats | None, Plats | None]
"""What stood first and what stands now; None where a document does not have it."""


@dataclass(frozen=True, slots=True)
class Slag:
    """One kind of deviation. ``steg`` is the handbook's; ``{dokument}`` and ``{kalla}`` in the
    text are the two that differ, ``{falt}`` where; ``{saknas}`` is who or what is missing.
    ``pointer`` is where in an event one document shows it; empty where it shows between
    documents."""

    steg: int
    text: str
    kalla: str
    vikt: Vikt
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Avvikelse:
    """One deviation.

    Attributes:
        kod: the rule, as the table of ``docs/handbook.md`` names it.
        objekt: our id of what it is about.
        rad: the event that shows it.
        text: what, in Swedish, for a person; names no one.
        kalla: A, B, L or D, with the line.
        jamfor: the two texts to show side by side, where texts differ.
        skillnad: what tells it from another of the same kind about the same object: a digest of
            what differs, never the event that shows it. Empty where there is no other.
    """

    kod: str
    objekt: str
    rad: str
    text: str
    kalla: str
    vikt: Vikt
    jamfor: Jamforelse | None = None
    skillnad: str = ""


SLAG: Mapping[str, Slag] = {
    # Mål and bedömning are carried over, not reworded
    "bedomning.andrad": Slag(
        5, "Bedömningen i {dokument} är inte ordagrant den i {kalla}", "B:22", "ska"
    ),
    "mal.andrat": Slag(
        5, "Målet lyder inte likadant i {dokument} som i {kalla}", "A:31, B:22, B:59", "ska"
    ),
    "mal.tillagt": Slag(
        5, "Målet i {dokument} finns inte i {kalla}", "A:31, B:22, B:59", "ska"
    ),
    "mal.saknas": Slag(
        5, "Målet i {kalla} är inte överfört till {dokument}", "A:31, B:22, B:59", "ska"
    ),
    "vardplan.mal_utan_insats": Slag(
        5, "Målet i vårdplanen finns inte i något uppdrag eller någon genomförandeplan",
        "B:94", "ska",
    ),
    # What should have come before
    "avtal.fore_samtycke": Slag(
        3, "Avtalet är daterat innan alla har samtyckt till matchningen", "A:19", "ska"
    ),
    "beslut.utan_underlag": Slag(
        4, "Beslutet har inget beslutsunderlag i ett eget dokument", "B:116", "ska_om_inte"
    ),
    "samtycke.saknas": Slag(
        4, "Beslutet är fattat innan alla har samtyckt till matchningen", "A:25", "ska"
    ),
    "uppdrag.saknas": Slag(5, "Insatsen följs upp utan att ha något uppdrag", "A:29, B:4", "ska"),
    "uppdrag.upphort": Slag(
        5, "Uppdraget var återkallat eller avböjt när {dokument} kom till", "D", "ska"
    ),
    "uppstartsmote.ej_kallat": Slag(
        6, "Uppstartsmötet är hållet utan att familjen är kallad till det", "A:41", "ska"
    ),
    "uppfoljningsmote.ej_bokat": Slag(
        6, "Inget uppföljningsmöte är bokat vid uppstartsmötet", "A:53", "ska"
    ),
    "plan.ej_undertecknad": Slag(
        7, "Planen med HVB-hemmets egna mål är inte undertecknad av {saknas}", "B:86", "ska"
    ),
    "beslut.andrat": Slag(
        8, "Beslutet är ändrat sedan det fattades: {falt}", "D", "ska"
    ),
    "beslut.andrat_efter_verkstallighet": Slag(
        8, "Beslutet är ändrat sedan det verkställdes: {falt}", "D", "ska"
    ),
    "barnsamtal.ej_erbjudet": Slag(
        10, "Barnet är inte erbjudet samtal inför uppföljningsmötet", "A:91", "ska"
    ),
    "barnsamtal.halls_anda": Slag(
        10, "Barnsamtalet är hållet fast barnet har tackat nej eller det inte skulle hållas",
        "A:91", "bor",
    ),
    "delmal.utan_resultat": Slag(
        11, "Delmålet i genomförandeplanen har inget resultat i uppföljningen", "B:62", "ska"
    ),
    "uppfoljning.ej_dokumenterad": Slag(
        11, "Uppföljningsmötet har inte följts av någon dokumenterad uppföljning",
        "A:99, B:49", "ska",
    ),
    "kopia.ej_lamnad": Slag(
        12, "Kopia av beslutet om fortsatt bistånd är inte lämnad till {saknas}", "A:105", "ska"
    ),
    "avtal.ej_fornyat": Slag(
        12, "Inget nytt avtal är upprättat för den förlängda perioden", "A:105", "ska"
    ),
    "uppdrag.ej_reviderat": Slag(
        12, "Uppdraget är inte reviderat trots att uppföljningen säger det", "A:121, B:67", "ska"
    ),
    "beslut.ej_fattat": Slag(
        12, "Inget nytt beslut är fattat trots att uppföljningen kräver det", "B:69", "ska"
    ),
    "utredning.ej_inledd": Slag(
        12, "Ny utredning är inte inledd trots nya behov eller oro för barnet",
        "A:111, B:113", "ska",
    ),
    "behov.ej_aktualiserat": Slag(
        12, "Ny utredning är inledd utan att de nya behoven är aktualiserade", "B:117", "ska"
    ),
    "avslut.ej_i_uppfoljning": Slag(
        13, "Avslutet är inte dokumenterat i någon uppföljning: {saknas} saknas",
        "A:125, A:127", "ska",
    ),
}  # fmt: skip
"""Every kind that shows across documents, by its ``kod``."""


def saknade(vilka: Mapping[str, Collection[str]], roller: Collection[str]) -> str:
    """Which of several are not there, in running text; empty where all are.

    Args:
        vilka: what each is called, and the roles of which one is enough.
        roller: the roles that are there.
    """
    return " och ".join(vem for vem, av in vilka.items() if not set(av) & set(roller))


def avvikelse(
    kod: str,
    objekt: str,
    rad: str,
    jamfor: Jamforelse | None = None,
    *,
    dokument: str = "",
    kalla: str = "",
    falt: str = "",
    saknas: str = "",
    skillnad: str = "",
) -> Avvikelse:
    """A deviation of a kind.

    Args:
        dokument: what the document that shows it is called in running text (``uppdraget``).
        kalla: what the document that it is compared with is called.
        falt: the fields that differ.
        saknas: who or what is missing, in running text.
        skillnad: what is told anew when it changes.
    """
    slag = SLAG[kod]
    text = slag.text.format(dokument=dokument, kalla=kalla, falt=falt, saknas=saknas)
    return Avvikelse(kod, objekt, rad, text, slag.kalla, slag.vikt, jamfor, skillnad)

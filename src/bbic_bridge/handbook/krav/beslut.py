"""Steps 4, 8, 12 and 13: the decision, its execution and its end.

That a decision SKA have its beslutsunderlag is judged over the whole case (``avvikelser``), since
the two may come in any order: here only that it names it. So are the copies of a fortsatt bistånd:
they may be handed out one by one.
"""

from bbic_bridge.handbook.dokument.bas import EJ_VERKSTALLT
from bbic_bridge.handbook.dokument.beslut import (
    BeslutAvslut,
    BeslutFattat,
    BeslutFortsattBistand,
    BeslutVerkstall,
)
from bbic_bridge.handbook.kodlistor import KONTAKTPERSON_MFL
from bbic_bridge.handbook.krav.bas import Krav, eller, finns


def _har_slutdag(beslut: BeslutFattat | BeslutFortsattBistand) -> bool:
    return getattr(beslut, "beslutstyp", None) == "avslag" or beslut.till is not None


def _risk_bedomd(avslut: BeslutAvslut) -> bool:
    behovs = avslut.orsak == "mal_uppfyllda" and avslut.vardbehov_tillgodosett is True
    return not behovs or avslut.riskbedomning is not None


KRAV = (
    Krav(
        "beslut.fran", "ska", (BeslutFattat,), "fran", "D",
        "Ett beslut om bifall ska säga från när det gäller.",
        lambda beslut: beslut.beslutstyp == "avslag" or beslut.fran is not None,
    ),
    Krav(
        "beslut.till", "bor", (BeslutFattat, BeslutFortsattBistand), "till", "A:53",
        "Det bör framgå när biståndet löper ut: uppföljningsmötet räknas därifrån.",
        _har_slutdag, KONTAKTPERSON_MFL,
    ),
    Krav(
        "beslut.underlag", "bor", (BeslutFattat,), "beslutsunderlag_id", "B:116",
        "Beslutet bör ange sitt beslutsunderlag, eller den journalanteckning som undantagsvis "
        "räcker.",
        eller(finns("beslutsunderlag_id"), finns("underlagsanteckning_id")),
    ),
    Krav(
        "verkstallighet.skal", "bor", (BeslutVerkstall,), "skal", EJ_VERKSTALLT,
        "När beslutet bara delvis verkställs bör skälet framgå: det räknas som ej verkställt.",
        lambda verkstallt: not verkstallt.delvis or verkstallt.skal is not None,
    ),
    Krav(
        "avslut.orsak_fritext", "ska", (BeslutAvslut,), "orsak_fritext", "A:125",
        "En annan orsak till avslutet ska anges med ord.",
        lambda avslut: avslut.orsak != "annan" or avslut.orsak_fritext is not None,
    ),
    Krav(
        "avslut.vardbehov", "bor", (BeslutAvslut,), "vardbehov_tillgodosett", "A:127",
        "När målen är uppfyllda bör det framgå om vårdbehovet är tillgodosett.",
        lambda avslut: (
            avslut.orsak != "mal_uppfyllda" or avslut.vardbehov_tillgodosett is not None
        ),
    ),
    Krav(
        "avslut.riskbedomning", "ska", (BeslutAvslut,), "riskbedomning", "A:127",
        "När målen är uppnådda och vårdbehovet tillgodosett ska socialsekreteraren bedöma "
        "nuvarande och framtida risk för att barnet far illa.",
        _risk_bedomd,
    ),
    Krav(
        "avslut.oro", "bor", (BeslutAvslut,), "oro_for_barnet", "A:111",
        "När familjen tackar nej bör det framgå om det finns oro för barnet.",
        lambda avslut: avslut.orsak != "familjen_tackar_nej" or avslut.oro_for_barnet is not None,
    ),
)  # fmt: skip

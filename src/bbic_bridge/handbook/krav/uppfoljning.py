"""Steps 9 and 11: reports and the uppföljning, which must show both how it is done and how it goes.

That it SKA show both, the mål carried over and the four-step scale stand in the document's shape.
"""

from bbic_bridge.handbook.dokument.uppfoljning import RapportInkommen, UppfoljningDokumenterad
from bbic_bridge.handbook.krav.bas import Krav, finns


def _aterstar_eller_slut(uppfoljning: UppfoljningDokumenterad) -> bool:
    slut = _alla_uppfyllda(uppfoljning) or "avslut" in uppfoljning.nasta_steg
    return slut or bool(uppfoljning.mal_kommande_period)


def _alla_uppfyllda(uppfoljning: UppfoljningDokumenterad) -> bool:
    return all(mal.forandring == "positiv_malet_uppfyllt" for mal in uppfoljning.mal)


def _risk_bedomd(uppfoljning: UppfoljningDokumenterad) -> bool:
    tillgodosett = uppfoljning.vardbehov_tillgodosett is True
    return not (tillgodosett and _alla_uppfyllda(uppfoljning)) or (
        uppfoljning.riskbedomning is not None
    )


def _vardbehov_sagt(uppfoljning: UppfoljningDokumenterad) -> bool:
    avslutas = "avslut" in uppfoljning.nasta_steg and _alla_uppfyllda(uppfoljning)
    return not avslutas or uppfoljning.vardbehov_tillgodosett is not None


def _orsak_sagd(uppfoljning: UppfoljningDokumenterad) -> bool:
    beslut = uppfoljning.beslut
    if beslut is None or beslut.beslutstyp != "avslut":
        return True
    med_ord = beslut.orsak != "annan" or beslut.orsak_fritext is not None
    return beslut.orsak is not None and med_ord


KRAV = (
    Krav(
        "rapport.forandring", "kan", (RapportInkommen,), "behov_av_forandring", "A:73",
        "Rapporten kan ange om några förändringar behöver göras.", finns("behov_av_forandring"),
    ),
    Krav(
        "uppfoljning.uppdrag", "bor", (UppfoljningDokumenterad,), "uppdrag_id", "B:57",
        "Uppföljningen bör ha en tydlig koppling till målen i uppdraget.", finns("uppdrag_id"),
    ),
    Krav(
        "uppfoljning.kommande_period", "ska", (UppfoljningDokumenterad,), "mal_kommande_period",
        "B:66",
        "Det ska framgå vad som återstår att göra under kommande period, om inte målen är "
        "uppfyllda eller insatsen avslutas.",
        _aterstar_eller_slut,
    ),
    Krav(
        "uppfoljning.vardbehov", "bor", (UppfoljningDokumenterad,), "vardbehov_tillgodosett",
        "A:127",
        "När målen är uppfyllda och insatsen avslutas bör det framgå om vårdbehovet är "
        "tillgodosett.",
        _vardbehov_sagt,
    ),
    Krav(
        "uppfoljning.riskbedomning", "ska", (UppfoljningDokumenterad,), "riskbedomning", "A:127",
        "När målen är uppnådda och vårdbehovet tillgodosett ska bedömningen av nuvarande och "
        "framtida risk för att barnet far illa dokumenteras i uppföljningen.",
        _risk_bedomd,
    ),
    Krav(
        "uppfoljning.avslutsorsak", "ska", (UppfoljningDokumenterad,), "beslut", "A:125",
        "Ett beslut om avslut ska dokumenteras med sin orsak; en annan orsak anges med ord.",
        _orsak_sagd,
    ),
)  # fmt: skip

"""Steps 9 and 11: reports and the uppföljning, which must show both how it is done and how it goes.

That it SKA show both, the mål carried over and the four-step scale stand in the document's shape.
"""

from bbic_bridge.handbook.dokument.uppfoljning import RapportInkommen, UppfoljningDokumenterad
from bbic_bridge.handbook.krav.bas import Krav, finns


def _aterstar_eller_slut(uppfoljning: UppfoljningDokumenterad) -> bool:
    uppfyllda = all(mal.forandring == "positiv_malet_uppfyllt" for mal in uppfoljning.mal)
    slut = uppfyllda or "avslut" in uppfoljning.nasta_steg
    return slut or bool(uppfoljning.mal_kommande_period)


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
)  # fmt: skip

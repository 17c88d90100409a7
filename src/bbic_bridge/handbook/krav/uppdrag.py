"""Step 5: the uppdrag. What B lists under "ska … innehålla" stands in the document's shape.

That an uppdrag SKA take its starting point in centrala behov and mottaglighet is not on that list:
that they are written in it weighs BÖR.
"""

from bbic_bridge.handbook.dokument.uppdrag import UppdragUpprattat
from bbic_bridge.handbook.kodlistor import VIDAREBEFORDRAS
from bbic_bridge.handbook.krav.bas import Krav, finns


def _gar_att_na(uppdrag: UppdragUpprattat) -> bool:
    """Whoever is not protected can be reached somehow."""
    return all(
        kontakt.skydd != "ingen" or kontakt.adress is not None or kontakt.telefon is not None
        for kontakt in uppdrag.kontaktuppgifter
    )


KRAV = (
    Krav(
        "uppdrag.mottagare", "ska", (UppdragUpprattat,), "mottagare", "B:22, B:72, B:92",
        "Ett uppdrag som skickas vidare ska ange den mottagande enheten och dess enhetschef.",
        finns("mottagare"), VIDAREBEFORDRAS,
    ),
    Krav(
        "uppdrag.centrala_behov", "bor", (UppdragUpprattat,), "centrala_behov", "B:6, B:45",
        "Uppdraget bör återge de centrala behov som det utgår från.", finns("centrala_behov"),
    ),
    Krav(
        "uppdrag.mottaglighet", "bor", (UppdragUpprattat,), "mottaglighet", "B:9",
        "Uppdraget bör återge resonemanget om familjens mottaglighet.", finns("mottaglighet"),
    ),
    Krav(
        "uppdrag.omraden", "bor", (UppdragUpprattat,), "mal", "B:21",
        "Det bör framgå vilka områden i triangeln som varje mål gäller.",
        lambda uppdrag: all(mal.omraden for mal in uppdrag.mal),
    ),
    Krav(
        "uppdrag.kontaktuppgifter", "ska_om_inte", (UppdragUpprattat,), "kontaktuppgifter", "B:18",
        "Kontaktuppgifter ska innehålla adress eller telefon om personen inte är skyddad.",
        _gar_att_na,
    ),
)  # fmt: skip

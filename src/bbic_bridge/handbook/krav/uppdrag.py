"""Step 5: the uppdrag. What B lists under "ska … innehålla" stands in the document's shape.

Where it takes its starting point (centrala behov, mottaglighet) and how the insats is to be carried
out are SKA too. Of parents and contacts there may be none: then the uppdrag says why.
"""

from bbic_bridge.handbook.dokument.uppdrag import UppdragUpprattat
from bbic_bridge.handbook.kodlistor import VIDAREBEFORDRAS
from bbic_bridge.handbook.krav.bas import Krav, eller, finns
from bbic_bridge.handbook.skydd import sagt_skyddad


def _gar_att_na(uppdrag: UppdragUpprattat) -> bool:
    """Whoever is not protected can be reached somehow."""
    return all(
        kontakt.skydd != "ingen" or kontakt.adress is not None or kontakt.telefon is not None
        for kontakt in uppdrag.kontaktuppgifter
    )


def _sagt_skyddad(uppdrag: UppdragUpprattat) -> bool:
    """Protection that is stated is a reason by itself; one that nobody knows of is none."""
    return sagt_skyddad((uppdrag.barn, *uppdrag.foraldrar))


KRAV = (
    Krav(
        "uppdrag.mottagare", "ska", (UppdragUpprattat,), "mottagare", "B:22, B:72, B:92",
        "Ett uppdrag som skickas vidare ska ange den mottagande enheten och dess enhetschef.",
        finns("mottagare"), VIDAREBEFORDRAS,
    ),
    Krav(
        "uppdrag.centrala_behov", "ska", (UppdragUpprattat,), "centrala_behov", "B:6, B:45",
        "Uppdraget ska utgå från de centrala behoven och återge dem.", finns("centrala_behov"),
    ),
    Krav(
        "uppdrag.mottaglighet", "ska", (UppdragUpprattat,), "mottaglighet", "B:9",
        "Uppdraget ska utgå från resonemanget om familjens mottaglighet och återge det.",
        finns("mottaglighet"),
    ),
    Krav(
        "uppdrag.genomforande", "ska", (UppdragUpprattat,), "genomforande", "B:4, B:100",
        "Uppdraget ska beskriva hur insatsen ska genomföras.", finns("genomforande"),
    ),
    Krav(
        "uppdrag.omraden", "bor", (UppdragUpprattat,), "mal", "B:21",
        "Det bör framgå vilka områden i triangeln som varje mål gäller.",
        lambda uppdrag: all(mal.omraden for mal in uppdrag.mal),
    ),
    # Both point at the reason: contacts that are left out to protect someone are not missed.
    Krav(
        "uppdrag.foraldrar_saknas", "ska", (UppdragUpprattat,), "foraldrar_saknas_for", "B:18",
        "Föräldrarnas namn och personnummer ska anges, eller varför de saknas.",
        eller(finns("foraldrar"), finns("foraldrar_saknas_for")),
    ),
    Krav(
        "uppdrag.kontaktuppgifter_saknas", "ska", (UppdragUpprattat,),
        "kontaktuppgifter_saknas_for", "B:18",
        "Kontaktuppgifter ska anges, eller varför de saknas, om ingen är skyddad.",
        eller(finns("kontaktuppgifter"), finns("kontaktuppgifter_saknas_for"), _sagt_skyddad),
    ),
    Krav(
        "uppdrag.kontaktuppgifter", "ska_om_inte", (UppdragUpprattat,), "kontaktuppgifter", "B:18",
        "Kontaktuppgifter ska innehålla adress eller telefon om personen inte är skyddad.",
        _gar_att_na,
    ),
)  # fmt: skip

"""Step 2: who meets before a match.

The source tells who takes part and does not say that they SKA: that weighs BÖR.
"""

from bbic_bridge.handbook.dokument.matchning import MatchningsmoteGenomfort
from bbic_bridge.handbook.kodlistor import UPPDRAGSTAGARE, VARDNADSHAVARE
from bbic_bridge.handbook.krav.bas import Krav, med

KRAV = (
    Krav(
        "matchningsmote.barn", "bor", (MatchningsmoteGenomfort,), "deltagare", "A:23",
        "Barnet bör vara med vid mötet.", med("deltagare", {"barn"}),
    ),
    Krav(
        "matchningsmote.vardnadshavare", "bor", (MatchningsmoteGenomfort,), "deltagare", "A:23",
        "Vårdnadshavare eller god man bör vara med vid mötet.", med("deltagare", VARDNADSHAVARE),
    ),
    Krav(
        "matchningsmote.uppdragstagare", "bor", (MatchningsmoteGenomfort,), "deltagare", "A:23",
        "Den tilltänkta kontaktpersonen eller kontaktfamiljen bör vara med vid mötet.",
        med("deltagare", UPPDRAGSTAGARE),
    ),
    Krav(
        "matchningsmote.socialsekreterare", "bor", (MatchningsmoteGenomfort,), "deltagare", "A:23",
        "Socialsekreteraren bör vara med vid mötet.", med("deltagare", {"socialsekreterare"}),
    ),
)  # fmt: skip

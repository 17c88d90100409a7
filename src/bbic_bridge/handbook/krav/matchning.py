"""Step 2: who meets before a match, and who consents to it.

The source tells who takes part and does not say that they SKA: that weighs BÖR. That all have
consented before the decision SKA hold of the whole case (``avvikelser``): they may be told one by
one.
"""

from bbic_bridge.handbook.dokument.matchning import MatchningSamtyckt, MatchningsmoteGenomfort
from bbic_bridge.handbook.kodlistor import UPPDRAGSTAGARE, VARDNADSHAVARE
from bbic_bridge.handbook.krav.bas import Krav, eller, finns, med

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
    Krav(
        "samtycke.barn", "bor", (MatchningSamtyckt,), "samtycken", "A:23",
        "Barnets samtycke till matchningen bör framgå, eller varför det saknas.",
        eller(med("samtycken", {"barn"}), finns("barnets_samtycke_saknas_for")),
    ),
    Krav(
        "samtycke.vardnadshavare", "bor", (MatchningSamtyckt,), "samtycken", "A:23",
        "Vårdnadshavares eller god mans samtycke till matchningen bör framgå, eller varför det "
        "saknas.",
        eller(med("samtycken", VARDNADSHAVARE), finns("vardnadshavares_samtycke_saknas_for")),
    ),
)  # fmt: skip

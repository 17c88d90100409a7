"""Steps 5, 6, 10 and 11: who is called, who takes part, and the talk with the child.

Where a source tells who a meeting is held with and does not say SKA, it weighs BÖR.
"""

from bbic_bridge.handbook.dokument.moten import (
    BarnsamtalErbjudet,
    BarnsamtalGenomfort,
    PlaneringsmoteGenomfort,
    UppfoljningsmoteGenomfort,
    UppstartsmoteGenomfort,
    UppstartsmoteKallat,
)
from bbic_bridge.handbook.kodlistor import UPPDRAGSTAGARE, VARDNADSHAVARE
from bbic_bridge.handbook.krav.bas import Krav, eller, finns, med, roller_i
from bbic_bridge.handbook.stockholm import stockholm_date

_FORALDRAR = {"foralder", *VARDNADSHAVARE}


def _alla_med(mote: PlaneringsmoteGenomfort) -> bool:
    roller = roller_i(mote.deltagare)
    grupper = ({"socialsekreterare"}, {"barn"}, _FORALDRAR, UPPDRAGSTAGARE)
    return not any(roller.isdisjoint(grupp) for grupp in grupper)


def _informerad_fore(samtal: BarnsamtalGenomfort) -> bool:
    return samtal.vardnadshavare_informerad <= stockholm_date(samtal.tid)


KRAV = (
    Krav(
        "planeringsmote.deltagare", "kan", (PlaneringsmoteGenomfort,), "deltagare", "B:40",
        "Handläggare, barnet, föräldrarna och utföraren kan delta.", _alla_med,
    ),
    Krav(
        "kallelse.barn", "bor", (UppstartsmoteKallat,), "kallade", "A:41",
        "Kallelsen bör tydliggöra att barnet är inbjudet.", med("kallade", {"barn"}),
    ),
    Krav(
        "kallelse.vardnadshavare", "bor", (UppstartsmoteKallat,), "kallade", "A:41",
        "Kallelsen bör tydliggöra att vårdnadshavare eller god man är inbjuden.",
        med("kallade", VARDNADSHAVARE),
    ),
    Krav(
        "uppstartsmote.barn", "ska_om_inte", (UppstartsmoteGenomfort,), "deltagare", "A:43",
        "Barnet ska alltid delta om det inte bedöms olämpligt; då ska skälet anges.",
        eller(med("deltagare", {"barn"}), finns("barnet_deltog_inte_for")),
    ),
    Krav(
        "uppstartsmote.vardnadshavare", "bor", (UppstartsmoteGenomfort,), "deltagare", "A:47",
        "Vårdnadshavare eller god man bör delta.", med("deltagare", VARDNADSHAVARE),
    ),
    Krav(
        "uppstartsmote.uppdragstagare", "bor", (UppstartsmoteGenomfort,), "deltagare", "A:47",
        "Kontaktpersonen eller kontaktfamiljen bör delta.", med("deltagare", UPPDRAGSTAGARE),
    ),
    Krav(
        "uppstartsmote.socialsekreterare", "bor", (UppstartsmoteGenomfort,), "deltagare", "A:47",
        "Socialsekreteraren bör delta.", med("deltagare", {"socialsekreterare"}),
    ),
    Krav(
        "uppstartsmote.uppfoljningsmote", "bor", (UppstartsmoteGenomfort,),
        "uppfoljningsmote_bokat", "D",
        "Att uppföljningsmötet är bokat bör stå här, om det inte berättas för sig: det ska bokas "
        "vid uppstartsmötet (A:53).",
        finns("uppfoljningsmote_bokat"),
    ),
    Krav(
        "barnsamtal.svar", "kan", (BarnsamtalErbjudet,), "barnets_svar", "A:91",
        "Barnets svar, eller varför samtalet inte hålls, kan anges.",
        eller(finns("barnets_svar"), finns("halls_inte_for")),
    ),
    Krav(
        "barnsamtal.informerad", "ska", (BarnsamtalGenomfort,), "vardnadshavare_informerad", "A:91",
        "Vårdnadshavare ska ha informerats före samtalet.", _informerad_fore,
    ),
    Krav(
        "barnsamtal.samtycke", "bor", (BarnsamtalGenomfort,), "vardnadshavare_samtycker", "A:91",
        "Utgångspunkten är samtycke: det bör framgå om vårdnadshavare samtycker. Samtalet får "
        "hållas ändå.",
        finns("vardnadshavare_samtycker"),
    ),
    Krav(
        "barnsamtal.barn", "bor", (BarnsamtalGenomfort,), "deltagare", "A:91",
        "Barnet bör stå bland dem som deltog i barnsamtalet.", med("deltagare", {"barn"}),
    ),
    Krav(
        "uppfoljningsmote.barn", "bor", (UppfoljningsmoteGenomfort,), "deltagare", "A:95",
        "Barnet bör alltid få möjlighet att vara med; annars bör skälet anges.",
        eller(med("deltagare", {"barn"}), finns("barnet_deltog_inte_for")),
    ),
    Krav(
        "uppfoljningsmote.vardnadshavare", "bor", (UppfoljningsmoteGenomfort,), "deltagare", "A:95",
        "Vårdnadshavare eller god man bör delta.", med("deltagare", VARDNADSHAVARE),
    ),
    Krav(
        "uppfoljningsmote.uppdragstagare", "bor", (UppfoljningsmoteGenomfort,), "deltagare", "A:95",
        "Kontaktpersonen eller kontaktfamiljen bör delta.", med("deltagare", UPPDRAGSTAGARE),
    ),
    Krav(
        "uppfoljningsmote.anpassning", "bor", (UppfoljningsmoteGenomfort,), "anpassning", "A:95",
        "När barnet är med bör det framgå hur mötet anpassats så att det kan uttrycka sin åsikt.",
        lambda mote: "barn" not in roller_i(mote.deltagare) or mote.anpassning is not None,
    ),
)  # fmt: skip

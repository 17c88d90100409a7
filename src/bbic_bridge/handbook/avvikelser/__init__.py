"""What in a case deviates from the handbook, across and within its documents, for a person.

Pure: made anew from the case's notiser, so that what a late event explains is no deviation. What
should have come before is missed when the next event of its chain has come, never by a clock.
"""

from collections.abc import Callable, Iterator, Mapping

from bbic_bridge.handbook.avvikelser.avslutet import avslut_utan_uppfoljning
from bbic_bridge.handbook.avvikelser.beslutsandring import andrade_beslut
from bbic_bridge.handbook.avvikelser.delmal import delmal_utan_resultat
from bbic_bridge.handbook.avvikelser.efter_uppfoljning import (
    behov_ej_aktualiserat,
    beslut_ej_fattat,
    fortsatt_bistand,
    uppdrag_ej_reviderat,
    utredning_ej_inledd,
)
from bbic_bridge.handbook.avvikelser.malkedja import mal_och_bedomning
from bbic_bridge.handbook.avvikelser.moten import (
    barnsamtal_ej_erbjudet,
    barnsamtal_halls_anda,
    uppfoljning_ej_dokumenterad,
    uppfoljningsmote_ej_bokat,
    uppstartsmote_ej_kallat,
)
from bbic_bridge.handbook.avvikelser.ouppfyllt import KRAVSLAG, ouppfyllda_krav
from bbic_bridge.handbook.avvikelser.slag import SLAG, Avvikelse, Plats, Slag
from bbic_bridge.handbook.avvikelser.underlag_och_samtycke import (
    avtal_fore_samtycke,
    beslut_utan_underlag,
    samtycke_saknas,
)
from bbic_bridge.handbook.avvikelser.uppdrag_och_plan import (
    plan_ej_undertecknad,
    uppdrag_saknas,
    uppdrag_upphort,
)
from bbic_bridge.handbook.avvikelser.vardplanens_mal import mal_utan_insats
from bbic_bridge.handbook.lage import Lage

__all__ = ["REGLER", "SLAGEN", "Avvikelse", "Plats", "avvikelser"]

SLAGEN: Mapping[str, Slag] = {**SLAG, **KRAVSLAG}
"""Every kind of deviation by its ``kod``."""

REGLER: tuple[Callable[[Lage], Iterator[Avvikelse]], ...] = (
    mal_och_bedomning,
    mal_utan_insats,
    avtal_fore_samtycke,
    beslut_utan_underlag,
    samtycke_saknas,
    uppdrag_saknas,
    uppdrag_upphort,
    uppstartsmote_ej_kallat,
    uppfoljningsmote_ej_bokat,
    plan_ej_undertecknad,
    andrade_beslut,
    ouppfyllda_krav,
    barnsamtal_ej_erbjudet,
    barnsamtal_halls_anda,
    delmal_utan_resultat,
    uppfoljning_ej_dokumenterad,
    fortsatt_bistand,
    uppdrag_ej_reviderat,
    beslut_ej_fattat,
    utredning_ej_inledd,
    behov_ej_aktualiserat,
    avslut_utan_uppfoljning,
)


def avvikelser(lage: Lage) -> tuple[Avvikelse, ...]:
    """All that deviates, rule by rule."""
    return tuple(en for regel in REGLER for en in regel(lage))

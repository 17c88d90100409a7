"""What must hold of a document for it to mean anything at all (D)."""

from typing import Any

from bbic_bridge.handbook.dokument.aktanteckning import AktanteckningRattad
from bbic_bridge.handbook.dokument.bas import eget_id
from bbic_bridge.handbook.dokument.beslut import (
    BeslutAvslut,
    BeslutFattat,
    BeslutFortsattBistand,
    BeslutVerkstall,
)
from bbic_bridge.handbook.dokument.genomforandeplan import GenomforandeplanFaststalld
from bbic_bridge.handbook.dokument.insats import ResursTilldela
from bbic_bridge.handbook.dokument.matchning import AvtalUpprattat
from bbic_bridge.handbook.dokument.uppdrag import UppdragReviderat
from bbic_bridge.handbook.dokument.uppfoljning import UppfoljningDokumenterad
from bbic_bridge.handbook.dokument.utredning import BeslutsunderlagUpprattat, VardplanUpprattad
from bbic_bridge.handbook.krav.bas import Krav, i_ordning
from bbic_bridge.handbook.utdrag import typ_av


def _ersatter_ett_annat(dokument: Any) -> bool:
    """What replaces itself would wait for itself for ever."""
    eget = eget_id(typ_av(dokument))
    return eget is None or bool(dokument.ersatter != getattr(dokument, eget))


KRAV = (
    Krav(
        "period.till", "ska",
        (BeslutFattat, BeslutFortsattBistand, BeslutVerkstall, ResursTilldela, AvtalUpprattat),
        "till", "D", "Slutdatum får inte ligga före startdatum.", i_ordning("fran", "till"),
    ),
    Krav(
        "ersatter.ett_annat", "ska",
        (
            BeslutsunderlagUpprattat, VardplanUpprattad, AvtalUpprattat, BeslutFortsattBistand,
            BeslutAvslut, UppdragReviderat, GenomforandeplanFaststalld, UppfoljningDokumenterad,
            AktanteckningRattad,
        ),
        "ersatter", "D", "Ett dokument kan inte ersätta sig självt.", _ersatter_ett_annat,
    ),
)  # fmt: skip

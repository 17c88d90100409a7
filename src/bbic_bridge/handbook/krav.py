"""What the handbook asks of a document's content, beyond its shape, with the weight of each rule.

Weight (handbook): law or SKA content → ``fel``, the document is refused. SKA with an exception, or
BÖR → ``varning``, which travels with the plan and shows in the case. Rules per insatstyp are rows
here, so that one can be added or reweighed without touching a document's shape.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from bbic_bridge.handbook.dokument.aktanteckning import AktanteckningRattad
from bbic_bridge.handbook.dokument.bas import Dokument
from bbic_bridge.handbook.dokument.beslut import (
    BeslutAvslut,
    BeslutFattat,
    BeslutFortsattBistand,
    BeslutVerkstall,
)
from bbic_bridge.handbook.dokument.genomforandeplan import GenomforandeplanFaststalld, Planinnehall
from bbic_bridge.handbook.dokument.insats import ResursTilldela
from bbic_bridge.handbook.dokument.matchning import AvtalUpprattat
from bbic_bridge.handbook.dokument.moten import (
    BarnsamtalGenomfort,
    UppfoljningsmoteGenomfort,
    UppstartsmoteGenomfort,
    UppstartsmoteKallat,
)
from bbic_bridge.handbook.dokument.uppdrag import UppdragReviderat, UppdragUpprattat
from bbic_bridge.handbook.dokument.uppfoljning import UppfoljningDokumenterad
from bbic_bridge.handbook.dokument.utredning import BeslutsunderlagUpprattat, VardplanUpprattad
from bbic_bridge.handbook.kodlistor import (
    ALLA_INSATSTYPER,
    KONTAKTPERSON_MFL,
    PLACERING,
    VARDNADSHAVARE,
    VIDAREBEFORDRAS,
)
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.handbook.uppgifter import Insatstyp

Vikt = Literal["fel", "varning"]
Villkor = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Krav:
    """One rule: the field it points at, when it holds, its weight and where it is said."""

    galler: type[Dokument]
    falt: str
    text: str
    kalla: Literal["A", "B", "L", "D"]
    vikt: Vikt
    uppfyllt: Villkor
    insatstyper: frozenset[Insatstyp] = ALLA_INSATSTYPER


@dataclass(frozen=True, slots=True)
class Brist:
    """A rule that a document does not meet; ``pointer`` counts from the document."""

    pointer: str
    text: str
    kalla: str
    vikt: Vikt


def brister(dokument: Dokument) -> Iterator[Brist]:
    """Every rule that the document does not meet, in the table's order."""
    insatstyp = getattr(dokument, "insatstyp", None)
    for krav in KRAV:
        if not isinstance(dokument, krav.galler):
            continue
        if insatstyp is not None and insatstyp not in krav.insatstyper:
            continue
        if not krav.uppfyllt(dokument):
            yield Brist(f"/{krav.falt}", krav.text, krav.kalla, krav.vikt)


def _ersatter_ett_annat(dokument: Any) -> bool:
    """What replaces itself would wait for itself for ever. A document's own id stands first."""
    eget = next(namn for namn in type(dokument).model_fields if namn.endswith("_id"))
    return bool(dokument.ersatter != getattr(dokument, eget))


def _finns(falt: str) -> Villkor:
    return lambda dokument: getattr(dokument, falt) is not None


def _i_ordning(tidigare: str, senare: str) -> Villkor:
    def uppfyllt(dokument: Any) -> bool:
        forst, sist = getattr(dokument, tidigare), getattr(dokument, senare)
        return forst is None or sist is None or bool(forst <= sist)

    return uppfyllt


def _roller(deltagare: Any) -> set[str]:
    return {en.roll for en in deltagare}


def _barnet_med_eller_skal(mote: UppstartsmoteGenomfort | UppfoljningsmoteGenomfort) -> bool:
    return "barn" in _roller(mote.deltagare) or mote.barnet_deltog_inte_for is not None


def _risk_bedomd(avslut: BeslutAvslut) -> bool:
    behovs = avslut.orsak == "mal_uppfyllda" and avslut.vardbehov_tillgodosett is True
    return not behovs or avslut.riskbedomning is not None


def _informerad_fore(samtal: BarnsamtalGenomfort) -> bool:
    return samtal.vardnadshavare_informerad <= stockholm_date(samtal.tid)


def _placeringens_plan(falt: str, vad: str) -> Krav:
    return Krav(
        Planinnehall,
        falt,
        f"a placed child's plan must hold {vad}",
        "L",
        "fel",
        _finns(falt),
        PLACERING,
    )


_PERIODER = (BeslutFattat, BeslutFortsattBistand, BeslutVerkstall, ResursTilldela, AvtalUpprattat)
_ERSATTARE = (
    BeslutsunderlagUpprattat,
    VardplanUpprattad,
    AvtalUpprattat,
    BeslutFortsattBistand,
    BeslutAvslut,
    UppdragReviderat,
    GenomforandeplanFaststalld,
    UppfoljningDokumenterad,
    AktanteckningRattad,
)

KRAV: tuple[Krav, ...] = (
    *(
        Krav(dokument, "till", "must not be before fran", "D", "fel", _i_ordning("fran", "till"))
        for dokument in _PERIODER
    ),
    *(
        Krav(
            dokument,
            "ersatter",
            "must not name the document itself",
            "D",
            "fel",
            _ersatter_ett_annat,
        )
        for dokument in _ERSATTARE
    ),
    # Step 1: beslutsunderlag
    Krav(
        BeslutsunderlagUpprattat,
        "barnets_delaktighet",
        "it should be written how the child took part",
        "B",
        "varning",
        _finns("barnets_delaktighet"),
    ),
    Krav(
        BeslutsunderlagUpprattat,
        "foraldrarnas_delaktighet",
        "it should be written how the parents took part",
        "B",
        "varning",
        _finns("foraldrarnas_delaktighet"),
    ),
    # Step 4: beslut
    Krav(
        BeslutFattat,
        "fran",
        "a granted decision must say from when",
        "L",
        "fel",
        lambda beslut: beslut.beslutstyp == "avslag" or beslut.fran is not None,
    ),
    # Step 5: uppdrag
    Krav(
        UppdragUpprattat,
        "mottagare",
        "an uppdrag that is sent on must name the unit and its enhetschef",
        "B",
        "fel",
        _finns("mottagare"),
        VIDAREBEFORDRAS,
    ),
    # Step 6: uppstartsmöte
    Krav(
        UppstartsmoteKallat,
        "kallade",
        "the call should name both the child and vårdnadshavare or god man",
        "A",
        "varning",
        lambda k: "barn" in _roller(k.kallade) and bool(VARDNADSHAVARE & _roller(k.kallade)),
    ),
    Krav(
        UppstartsmoteGenomfort,
        "deltagare",
        "the child must take part, or the reason why it was judged olämpligt be recorded",
        "A",
        "varning",
        _barnet_med_eller_skal,
    ),
    # Step 7: genomförandeplan
    Krav(
        Planinnehall,
        "rapportering",
        "the plan must say how often and how kontaktperson/-familj reports",
        "A",
        "fel",
        _finns("rapportering"),
        KONTAKTPERSON_MFL,
    ),
    _placeringens_plan("former_for_uppfoljning", "when and how it is followed up"),
    _placeringens_plan("kontakt_med_socialsekreterare", "the contact with socialsekreteraren"),
    _placeringens_plan("andra_huvudman", "what other huvudmän do"),
    _placeringens_plan("umgange", "when umgänge takes place"),
    Krav(
        Planinnehall,
        "skolgang",
        "the plan for a HVB must hold measures on schooling",
        "B",
        "fel",
        _finns("skolgang"),
        frozenset({"hvb"}),
    ),
    Krav(
        Planinnehall,
        "halso_och_sjukvard",
        "the plan for a HVB must hold measures on health care",
        "B",
        "fel",
        _finns("halso_och_sjukvard"),
        frozenset({"hvb"}),
    ),
    # Step 10: barnsamtal
    Krav(
        BarnsamtalGenomfort,
        "vardnadshavare_informerad",
        "vårdnadshavare must have been informed before the talk",
        "A",
        "fel",
        _informerad_fore,
    ),
    # Step 11: uppföljningsmöte
    Krav(
        UppfoljningsmoteGenomfort,
        "deltagare",
        "the child must be given the chance to take part, or the reason why not be recorded",
        "A",
        "varning",
        _barnet_med_eller_skal,
    ),
    # Step 13: avslut
    Krav(
        BeslutAvslut,
        "orsak_fritext",
        "another reason must be told in words",
        "A",
        "fel",
        lambda avslut: avslut.orsak != "annan" or avslut.orsak_fritext is not None,
    ),
    Krav(
        BeslutAvslut,
        "riskbedomning",
        "when mål and vårdbehov are met, risk now and ahead must be assessed",
        "A",
        "fel",
        _risk_bedomd,
    ),
    Krav(
        BeslutAvslut,
        "oro_for_barnet",
        "when the family declines, it should be recorded whether there is worry for the child",
        "A",
        "varning",
        lambda avslut: avslut.orsak != "familjen_tackar_nej" or avslut.oro_for_barnet is not None,
    ),
)

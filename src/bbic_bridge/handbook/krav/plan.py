"""Step 7: what a genomförandeplan must hold, for each kind of insats.

For a placed child the ordinance asks for most of it (lag). What B adds for a HVB out of SOSFS
2012:11 is SKA and may be taken away by configuration, as later rules may have replaced it; for a
familjehem B asks that the BÖR-krav stand beside the SKA-krav. A plan is drawn up "i samarbete
med": that those concerned are named weighs BÖR.
"""

from bbic_bridge.handbook.dokument.bas import GENOMFORANDEPLAN
from bbic_bridge.handbook.dokument.genomforandeplan import (
    GenomforandeplanUndertecknad,
    Planinnehall,
)
from bbic_bridge.handbook.kodlistor import (
    ALLA_INSATSTYPER,
    KONTAKTPERSON_MFL,
    PLACERING,
    UPPDRAGSTAGARE,
    VARDNADSHAVARE,
    Roll,
    Vikt,
)
from bbic_bridge.handbook.krav.bas import Krav, finns, med
from bbic_bridge.handbook.uppgifter import Insatstyp

_PLAN = (Planinnehall,)
_HVB: frozenset[Insatstyp] = frozenset({"hvb"})
_FAMILJEHEM: frozenset[Insatstyp] = frozenset({"familjehem"})


def _forordningens(falt: str, vad: str, utover: str = "") -> Krav:
    kalla = f"{GENOMFORANDEPLAN}, {utover}" if utover else GENOMFORANDEPLAN
    text = f"Ett placerat barns genomförandeplan ska innehålla {vad}."
    return Krav(f"plan.{falt}", "lag", _PLAN, falt, kalla, text, finns(falt), PLACERING)


def _placeringens(slag: str, vikt: Vikt, falt: str, kalla: str, vad: str) -> Krav:
    verb = "ska" if vikt == "ska" else "bör"
    text = f"Genomförandeplanen {verb} innehålla åtgärder gällande {vad}."
    insatstyper = _HVB if slag == "hvb" else _FAMILJEHEM
    return Krav(
        f"plan.{slag}.{falt}", vikt, _PLAN, falt, kalla, text, finns(falt), insatstyper,
        valbart=slag == "hvb",
    )  # fmt: skip


def _familjehemmets(kod: str, vem: str, roller: frozenset[Roll]) -> Krav:
    text = f"Genomförandeplanen bör göras tillsammans med {vem}."
    return Krav(
        f"plan.familjehem.{kod}", "bor", _PLAN, "deltagare", "B:102", text,
        med("deltagare", roller), _FAMILJEHEM,
    )  # fmt: skip


KRAV = (
    # Kontaktperson m.fl.
    Krav(
        "plan.rapportering", "ska", _PLAN, "rapportering", "A:49",
        "Det ska framgå hur ofta och på vilket sätt uppdragstagaren rapporterar.",
        finns("rapportering"), KONTAKTPERSON_MFL,
    ),
    # Every kind
    Krav(
        "plan.delmal", "kan", _PLAN, "mal", "A:49", "Målen kan brytas ned i delmål.",
        lambda plan: any(mal.delmal for mal in plan.mal),
    ),
    Krav(
        "plan.prioritet", "kan", _PLAN, "mal", "A:49", "Målen kan behöva prioriteras.",
        lambda plan: any(mal.prioritet is not None for mal in plan.mal),
    ),
    Krav(
        "plan.berorda", "bor", _PLAN, "deltagare", "A:47, B:28, B:47, B:75",
        "Det bör framgå vilka berörda som planen är gjord med.", finns("deltagare"),
        ALLA_INSATSTYPER - _FAMILJEHEM,
    ),
    # Placed children
    _forordningens("former_for_uppfoljning", "när och hur insatsen följs upp", "B:81"),
    _forordningens("kontakt_med_socialsekreterare", "kontakten med socialsekreteraren", "B:81"),
    _forordningens("andra_huvudman", "insatser av andra huvudmän", "B:82"),
    _forordningens("umgange", "när umgänge med föräldrar och andra närstående sker", "B:82"),
    _forordningens("barnets_synpunkter", "barnets syn på genomförandet"),
    _forordningens("vardnadshavares_synpunkter", "vårdnadshavares syn på genomförandet"),
    Krav(
        "plan.vardplan", "bor", _PLAN, "vardplan_id", "B:76, B:109",
        "Ett placerat barns genomförandeplan bör ange den vårdplan som den utgår från.",
        finns("vardplan_id"), PLACERING,
    ),
    # HVB
    _placeringens("hvb", "ska", "skolgang", "B:81", "skolgång"),
    _placeringens("hvb", "ska", "halso_och_sjukvard", "B:82", "hälso- och sjukvård"),
    # Familjehem
    _placeringens("familjehem", "bor", "skolgang", "B:105", "skolgång"),
    _placeringens("familjehem", "bor", "halso_och_sjukvard", "B:105", "hälso- och sjukvård"),
    _familjehemmets("vardnadshavare", "vårdnadshavare eller god man", VARDNADSHAVARE),
    _familjehemmets("barn", "barnet, utifrån ålder och mognad", frozenset({"barn"})),
    _familjehemmets("uppdragstagare", "uppdragstagaren", UPPDRAGSTAGARE),
    # The plan is back from the HVB for signature
    Krav(
        "underskrift.vardnadshavare", "bor", (GenomforandeplanUndertecknad,), "underskrifter",
        "B:86", "Vårdnadshavare eller god man bör ha skrivit under.",
        med("underskrifter", VARDNADSHAVARE),
    ),
    Krav(
        "underskrift.socialsekreterare", "bor", (GenomforandeplanUndertecknad,), "underskrifter",
        "B:86", "Socialsekreteraren bör ha skrivit under.",
        med("underskrifter", {"socialsekreterare"}),
    ),
)  # fmt: skip

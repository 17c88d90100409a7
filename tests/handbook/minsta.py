"""The smallest valid document of every event type. Persons are Skatteverket's test numbers."""

from typing import Any

BARN = {"personnummer": "202001012398", "namn": "Alva Test", "skydd": "ingen"}
FORALDER = {"personnummer": "198901012396", "namn": "Eva Test", "skydd": "ingen"}
MAL = [{"mal_id": "M1", "text": "Alva har en vuxen utanför familjen att lita på."}]
DELTAGARE = [
    {"namn": "Alva Test", "roll": "barn"},
    {"namn": "Eva Test", "roll": "vardnadshavare"},
]
MOTE = {
    "mote_id": "MOTE1",
    "insats_id": "I1",
    "tid": "2026-03-03T14:00:00+01:00",
    "deltagare": DELTAGARE,
    "forfattare": "Siv Sekreterare",
}
UPPDRAG = {
    "uppdrag_id": "U1",
    "beslut_id": "B1",
    "insats_id": "I1",
    "insatstyp": "kontaktfamilj",
    "datum": "2026-02-20",
    "forfattare": "Siv Sekreterare",
    "foraldrar": [FORALDER],
    "kontaktuppgifter": [],
    "kontaktuppgifter_saknas_for": "Familjen har ingen fast bostad.",
    "tolkbehov": None,
    "centrala_behov": ["En trygg vuxen till."],
    "mottaglighet": "Familjen vill.",
    "bedomning": "Alva behöver fler vuxna.",
    "mal": MAL,
    "genomforande": "En helg i månaden i kontaktfamiljen.",
    "former_for_uppfoljning": "Möte var sjätte månad.",
    "aterforing_vid_avslut": "Måluppfyllelse och Alvas egen röst.",
    "andra_huvudman": None,
    "behov_av_sip": False,
}
PLAN = {
    "plan_id": "P1",
    "insats_id": "I1",
    "insatstyp": "kontaktfamilj",
    "datum": "2026-03-10",
    "forfattare": "Siv Sekreterare",
    "mal": MAL,
    "frekvens": "Varannan helg.",
    "innehall": "Lek, läxor och vila.",
    "rapportering": {"hur_ofta": "Varje månad", "pa_vilket_satt": "Telefon"},
}
# What a placed child's plan, and a HVB's, must hold beside the plan above.
PLACERINGENS_PLAN = {
    "former_for_uppfoljning": "Varannan månad.",
    "kontakt_med_socialsekreterare": "Varje vecka.",
    "andra_huvudman": "BUP.",
    "umgange": "Söndagar.",
    "barnets_synpunkter": "Vill stänga sin dörr.",
    "vardnadshavares_synpunkter": "Vill bli uppringd.",
}
HVB_PLAN = {
    **PLACERINGENS_PLAN,
    "skolgang": "Går kvar i klassen.",
    "halso_och_sjukvard": "Hälsoundersökning.",
}
RAPPORT = {
    "rapport_id": "RAPP1",
    "insats_id": "I1",
    "datum": "2026-04-01",
    "avsandare": "Familjen Berg",
    "avsandares_roll": "kontaktfamilj",
    "innehall": "Det går bra.",
}

_DOKUMENT: dict[str, dict[str, Any]] = {
    "arende.aktualiserat": {
        "datum": "2026-01-02",
        "handlaggare": "Siv Sekreterare",
        "orsak": "Ansökan",
    },
    "utredning.inledd": {
        "utredning_id": "UTR1",
        "datum": "2026-01-05",
        "handlaggare": "Siv Sekreterare",
    },
    "beslutsunderlag.upprattat": {
        "beslutsunderlag_id": "BU1",
        "datum": "2026-02-10",
        "forfattare": "Siv Sekreterare",
        "bedomning": "Alva behöver fler vuxna.",
        "centrala_behov": ["En trygg vuxen till."],
        "mal": MAL,
        "mottaglighet": "Familjen vill.",
        "alternativ": [{"insatstyp": "oppenvard", "overvagande": "Räcker inte."}],
        "foreslagen_insats": "kontaktfamilj",
        "motivering": "Familjen önskar det.",
    },
    "vardplan.upprattad": {
        "vardplan_id": "VP1",
        "datum": "2026-02-10",
        "forfattare": "Siv Sekreterare",
        "sarskilda_insatser": "Samtalsstöd.",
        "umgange": "Varannan lördag.",
        "mal": MAL,
        "barnets_synpunkter": "Vill träffa mormor.",
        "vardnadshavares_synpunkter": "Håller med.",
    },
    "remiss.skickad": {
        "remiss_id": "R1",
        "datum": "2026-01-15",
        "insatstyp": "kontaktfamilj",
        "socialsekreterare": "Siv Sekreterare",
        "behov": "Helger.",
    },
    "matchning.foreslagen": {
        "matchning_id": "MA1",
        "datum": "2026-01-25",
        "familjehemssekreterare": "Fia Familjehem",
        "uppdragstagare": "Familjen Berg",
        "overvagande": "Bor nära.",
    },
    "matchningsmote.genomfort": {
        "matchning_id": "MA1",
        "tid": "2026-02-01T15:00:00+01:00",
        "deltagare": DELTAGARE,
    },
    "matchning.samtyckt": {
        "matchning_id": "MA1",
        "samtycken": [{"roll": "god_man", "namn": "Gun God", "datum": "2026-02-02"}],
    },
    "avtal.upprattat": {
        "avtal_id": "AV1",
        "datum": "2026-02-05",
        "familjehemssekreterare": "Fia Familjehem",
        "uppdragstagare": "Familjen Berg",
        "fran": "2026-03-01",
    },
    "beslut.fattat": {
        "beslut_id": "B1",
        "beslutstyp": "bifall",
        "insatstyp": "kontaktfamilj",
        "beslutsdatum": "2026-02-15",
        "beslutsfattare": "Lo Ledamot",
        "fran": "2026-03-01",
    },
    "beslut.verkstall": {
        "beslut_id": "B1",
        "insats_id": "I1",
        "insatstyp": "kontaktfamilj",
        "fran": "2026-03-01",
        "handlaggare": "Siv Sekreterare",
    },
    "beslut.avbrott": {"beslut_id": "B1", "datum": "2026-05-01", "orsak": "Familjen flyttade."},
    "beslut.fortsatt_bistand": {
        "beslut_id": "B2",
        "ersatter": "B1",
        "insats_id": "I1",
        "insatstyp": "kontaktfamilj",
        "beslutsdatum": "2026-08-20",
        "beslutsfattare": "Lo Ledamot",
        "fran": "2026-09-01",
    },
    "beslut.avslut": {
        "beslut_id": "B3",
        "ersatter": "B2",
        "insats_id": "I1",
        "insatstyp": "kontaktfamilj",
        "beslutsdatum": "2027-02-10",
        "beslutsfattare": "Lo Ledamot",
        "slutdatum": "2027-02-28",
        "orsak": "mal_uppfyllda",
    },
    "kopia.lamnad": {
        "beslut_id": "B2",
        "datum": "2026-08-25",
        "lamnad_av": "Siv Sekreterare",
        "mottagare": DELTAGARE,
    },
    "resurs.tilldela": {
        "beslut_id": "B1",
        "insats_id": "I1",
        "resurs_id": "R-KF-1",
        "fran": "2026-03-01",
    },
    "insats.startad": {"insats_id": "I1", "datum": "2026-03-03"},
    "insats.avsluta": {
        "insats_id": "I1",
        "beslut_id": "B1",
        "avslutsbeslut_id": "B3",
        "resurs_id": "R-KF-1",
        "slutdatum": "2027-02-28",
        "orsak": "mal_uppfyllda",
    },
    "uppdrag.upprattat": UPPDRAG,
    "uppdrag.reviderat": {
        **UPPDRAG,
        "uppdrag_id": "U2",
        "ersatter": "U1",
        "andringar": "Ett mål är uppnått.",
    },
    "uppdrag.aterkallat": {
        "uppdrag_id": "U1",
        "insatstyp": "oppenvard",
        "datum": "2026-04-01",
        "forfattare": "Siv Sekreterare",
        "orsak": "Familjen flyttar.",
    },
    "planeringsmote.genomfort": MOTE,
    "uppstartsmote.kallat": {
        "mote_id": "MOTE1",
        "datum": "2026-02-20",
        "tid": "2026-03-03T14:00:00+01:00",
        "kallade": DELTAGARE,
        "kallad_av": "Siv Sekreterare",
    },
    "uppstartsmote.genomfort": MOTE,
    "genomforandeplan.faststalld": PLAN,
    "genomforandeplan.aterlamnad": {**PLAN, "aterlamnad_av": "HVB Eken"},
    "genomforandeplan.undertecknad": {
        "plan_id": "P1",
        "insats_id": "I1",
        "insatstyp": "hvb",
        "datum": "2026-03-20",
        "forfattare": "Siv Sekreterare",
        "underskrifter": [{"namn": "Eva Test", "roll": "god_man", "datum": "2026-03-19"}],
    },
    "rapport.inkommen": RAPPORT,
    "slutrapport.inkommen": {**RAPPORT, "rapport_id": "RAPP2"},
    "samverkan.dokumenterad": {
        "samverkan_id": "SAM1",
        "datum": "2026-04-20",
        "form": "sip",
        "innehall": "Skolan deltar.",
        "forfattare": "Siv Sekreterare",
    },
    "barnsamtal.erbjudet": {
        "barnsamtal_id": "BS1",
        "insats_id": "I1",
        "datum": "2026-07-01",
        "erbjudet_av": "Siv Sekreterare",
    },
    "barnsamtal.genomfort": {
        "barnsamtal_id": "BS1",
        "insats_id": "I1",
        "tid": "2026-07-10T10:00:00+02:00",
        "vardnadshavare_informerad": "2026-07-02",
        "deltagare": DELTAGARE[:1],
        "forfattare": "Siv Sekreterare",
    },
    "uppfoljningsmote.bokat": {
        "mote_id": "MOTE2",
        "insats_id": "I1",
        "tid": "2026-07-20T14:00:00+02:00",
    },
    "uppfoljningsmote.genomfort": {**MOTE, "mote_id": "MOTE2"},
    "uppfoljning.dokumenterad": {
        "uppfoljning_id": "UPPF1",
        "insats_id": "I1",
        "datum": "2026-07-22",
        "forfattare": "Siv Sekreterare",
        "utford_enligt_beslut": "Ja.",
        "mal": [{**MAL[0], "forandring": "positiv_malet_inte_uppfyllt", "resultat": "Bättre."}],
        "mal_kommande_period": MAL,
    },
    "aktanteckning.skriven": {
        "anteckning_id": "AN1",
        "handelsetid": "2026-04-10T09:00:00+02:00",
        "rubrik": "Telefonsamtal",
        "text": "Alva trivs.",
        "forfattare": "Siv Sekreterare",
    },
    "aktanteckning.rattad": {
        "anteckning_id": "AN2",
        "ersatter": "AN1",
        "handelsetid": "2026-04-10T09:00:00+02:00",
        "rubrik": "Telefonsamtal",
        "text": "Alva trivs mycket bra.",
        "forfattare": "Siv Sekreterare",
        "orsak": "Skrivfel",
    },
}
TYPER = tuple(_DOKUMENT)


def dokument(typ: str, **andrat: Any) -> dict[str, Any]:
    """The smallest valid ``data`` of a short event type, with fields changed."""
    return {"schema_version": 1, "barn": dict(BARN), **_DOKUMENT[typ], **andrat}


def handelse(typ: str, **andrat: Any) -> dict[str, Any]:
    """A whole event of a short type; the arguments change its ``data``."""
    return {
        "specversion": "1.0",
        "id": f"handelse-{typ}",
        "source": "/handbok/test",
        "type": f"se.bbic.{typ}",
        "time": "2026-11-20T12:00:00+01:00",
        "subject": "ARENDE-1",
        "kommun": "malmo",
        "datacontenttype": "application/json",
        "data": dokument(typ, **andrat),
    }

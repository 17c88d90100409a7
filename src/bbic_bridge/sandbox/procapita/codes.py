"""Procapita's code lists and the display texts of FamilyCare, keyed by the bridge's words."""

INSATSTYP = {
    "kontaktperson": "KP",
    "kontaktfamilj": "KF",
    "sarskilt_kvalificerad_kontaktperson": "SKP",
    "oppenvard": "OV",
    "hvb": "HVB",
    "familjehem": "FH",
    "bim_grupp": "BIM",
    "stod_i_foraldrarollen": "SFR",
}
BESLUTSTYP = {"bifall": "BIF", "avslag": "AVS", "fortsatt_bistand": "FBI", "avslut": "UPH"}
SKYDD = {
    "ingen": "ING",
    "sekretessmarkering": "SEK",
    "skyddad_folkbokforing": "SKF",
    "okand": "OKD",
}
AVSLUTSORSAK = {
    "mal_uppfyllda": "MAL",
    "familjen_tackar_nej": "NEJ",
    "leder_inte_till_maluppfyllelse": "EJM",
    "annan": "ANN",
}
DOKUMENTTYP = {
    "beslutsunderlag": "BU",
    "vardplan": "VP",
    "uppdrag": "UPP",
    "genomforandeplan": "GP",
    "uppfoljning": "UF",
    "samverkan": "SAM",
    "rapport": "RAP",
    "slutrapport": "SLR",
}
ROLL = {"behandlare": "BEH", "specialpedagog": "SPP"}

INSATSTEXT = {
    "kontaktperson": "Kontaktperson",
    "kontaktfamilj": "Kontaktfamilj",
    "sarskilt_kvalificerad_kontaktperson": "Särskilt kvalificerad kontaktperson",
    "oppenvard": "Öppenvård",
    "hvb": "HVB",
    "familjehem": "Familjehem",
    "bim_grupp": "BIM-grupp",
    "stod_i_foraldrarollen": "Stöd i föräldrarollen",
}
BESLUTSTEXT = {
    "bifall": "Bifall",
    "avslag": "Avslag",
    "fortsatt_bistand": "Fortsatt bistånd",
    "avslut": "Avslut",
}
ORSAKSTEXT = {
    "mal_uppfyllda": "Målen uppfyllda",
    "familjen_tackar_nej": "Familjen tackar nej",
    "leder_inte_till_maluppfyllelse": "Leder inte till måluppfyllelse",
    "annan": "Annan orsak",
}
DOKUMENTTEXT = {
    "beslutsunderlag": "Beslutsunderlag",
    "vardplan": "Vårdplan",
    "uppdrag": "Uppdrag",
    "genomforandeplan": "Genomförandeplan",
    "uppfoljning": "Uppföljning",
    "samverkan": "Samverkansdokument",
    "rapport": "Rapport",
    "slutrapport": "Slutrapport",
}

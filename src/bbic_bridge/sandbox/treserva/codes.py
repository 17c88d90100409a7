"""Treserva's code lists, keyed by the bridge's words."""

INSATSTYP = {
    "kontaktperson": "410",
    "kontaktfamilj": "420",
    "sarskilt_kvalificerad_kontaktperson": "430",
    "oppenvard": "500",
    "bim_grupp": "510",
    "stod_i_foraldrarollen": "520",
    "hvb": "610",
    "familjehem": "620",
}
BESLUTSTYP = {
    "bifall": "beviljad",
    "avslag": "avslagen",
    "fortsatt_bistand": "forlangd",
    "avslut": "upphor",
}
SKYDD = {"ingen": "0", "sekretessmarkering": "1", "skyddad_folkbokforing": "2", "okand": "9"}
AVSLUTSORSAK = {
    "mal_uppfyllda": "1",
    "familjen_tackar_nej": "2",
    "leder_inte_till_maluppfyllelse": "3",
    "annan": "4",
}
DOKUMENTTYP = {
    "beslutsunderlag": "dok-beslutsunderlag",
    "vardplan": "dok-vardplan",
    "uppdrag": "dok-uppdrag",
    "genomforandeplan": "dok-plan",
    "uppfoljning": "dok-uppfoljning",
    "samverkan": "dok-samverkan",
    "rapport": "dok-rapport",
    "slutrapport": "dok-slutrapport",
}
ROLL = {"behandlare": "B", "specialpedagog": "S"}

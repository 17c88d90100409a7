"""Procapita's messages as they come: which operation each asks for, and what it says."""

from bbic_bridge.sandbox.messages import Field, Message, Repeated, Vocabulary, code, day, moment
from bbic_bridge.sandbox.procapita import codes

NS = "urn:bbic-bridge:procapita:1"

HEAD = (
    Field("referens", "Referens"),
    Field("arende", "Arende"),
    Field("personnummer", "Barn/Personnummer"),
    Field("namn", "Barn/Namn"),
    Field("skydd", "Barn/Skydd", code(codes.SKYDD)),
)
_BESLUT_ID = Field("beslut_id", "Beslut/BeslutId")
_INSATS_ID = Field("insats_id", "Insats/InsatsId")
_BESLUT_NR = Field("beslut", "Beslut/BeslutNr")
_INSATS_NR = Field("insats", "Insats/InsatsNr")
_ANTECKNING = (
    Field("anteckning_id", "Anteckning/AnteckningId"),
    Field("handelsetid", "Anteckning/Handelsetid", moment),
    Field("rubrik", "Anteckning/Rubrik"),
    Field("text", "Anteckning/Text"),
    Field("forfattare", "Anteckning/Forfattare"),
)
_AVSLUT = (
    _BESLUT_ID,
    _INSATS_ID,
    Field("slutdatum", "Slutdatum", day),
    Field("orsak", "Orsak", code(codes.AVSLUTSORSAK)),
)
MESSAGES: dict[str, Message] = {
    "RegistreraBeslut": Message(
        "registrera_beslut",
        (
            _BESLUT_ID,
            Field("beslutstyp", "Beslut/Typ", code(codes.BESLUTSTYP)),
            Field("insatstyp", "Beslut/InsatsTyp", code(codes.INSATSTYP)),
            Field("beslutsdatum", "Beslut/Datum", day),
            Field("fran", "Beslut/From", day),
            Field("till", "Beslut/Tom", day),
            Field("beslutsfattare", "Beslut/Beslutsfattare"),
            Field("motivering", "Beslut/Motivering"),
            Field("orsak", "Beslut/Orsak", code(codes.AVSLUTSORSAK)),
            Field("ersatter", "Ersatter/BeslutId"),
        ),
        (Field("ersatter", "Ersatter/BeslutNr"),),
    ),
    "VerkstallBeslut": Message(
        "verkstall_beslut",
        (
            _BESLUT_ID,
            _INSATS_ID,
            Field("insatstyp", "Insats/InsatsTyp", code(codes.INSATSTYP)),
            Field("fran", "Insats/From", day),
            Field("till", "Insats/Tom", day),
            Field("handlaggare", "Insats/Handlaggare"),
        ),
        (_BESLUT_NR,),
    ),
    "TilldelaResurs": Message(
        "tilldela_resurs",
        (
            _BESLUT_ID,
            _INSATS_ID,
            Field("resurs_id", "Resurs/ResursId"),
            Field("fran", "Resurs/From", day),
            Field("till", "Resurs/Tom", day),
            Field("omfattning", "Resurs/Omfattning", int),
        ),
        (_BESLUT_NR, _INSATS_NR),
    ),
    "VidarebefordraUppdrag": Message(
        "vidarebefordra_uppdrag",
        (
            _BESLUT_ID,
            _INSATS_ID,
            Field("uppdrag_id", "Uppdrag/UppdragId"),
            Field("insatstyp", "Insats/InsatsTyp", code(codes.INSATSTYP)),
            Field("enhetschef", "Uppdrag/Mottagare/Enhetschef"),
            Repeated("mal", "Uppdrag/Mal", (Field("mal_id", "MalId"), Field("text", "Text"))),
            Field("ersatter", "Ersatter/UppdragId"),
        ),
        (_BESLUT_NR, _INSATS_NR, Field("ersatter", "Ersatter/UppdragNr")),
    ),
    "AterkallaUppdrag": Message(
        "aterkalla_uppdrag",
        (
            Field("uppdrag_id", "Uppdrag/UppdragId"),
            Field("datum", "Datum", day),
            Field("orsak", "Orsak"),
        ),
        (Field("uppdrag", "Uppdrag/UppdragNr"),),
    ),
    "RegistreraDokument": Message(
        "registrera_dokument",
        (
            _INSATS_ID,
            Field("dokument_id", "Dokument/DokumentId"),
            Field("dokumenttyp", "Dokument/Typ", code(codes.DOKUMENTTYP)),
            Field("titel", "Dokument/Titel"),
            Field("datum", "Dokument/Datum", day),
            Field("ersatter", "Ersatter/DokumentId"),
        ),
        (_INSATS_NR, Field("ersatter", "Ersatter/DokumentNr")),
    ),
    "SkapaAktanteckning": Message("skapa_aktanteckning", _ANTECKNING),
    "RattaAktanteckning": Message(
        "ratta_aktanteckning",
        (*_ANTECKNING, Field("ersatter", "Ersatter/AnteckningId")),
        (Field("ersatter", "Ersatter/AnteckningNr"),),
    ),
    "AvslutaResurs": Message(
        "avsluta_insats_och_resurs",
        (*_AVSLUT, Field("resurs_id", "Resurs/ResursId")),
        (_BESLUT_NR, _INSATS_NR, Field("resurstilldelning", "Resurs/TilldelningNr")),
        effekt="resurs",
    ),
    "AvslutaInsats": Message(
        "avsluta_insats_och_resurs", _AVSLUT, (_BESLUT_NR, _INSATS_NR), effekt="insats"
    ),
}
VOCABULARY = Vocabulary(NS, HEAD, MESSAGES)

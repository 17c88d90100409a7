"""Treserva's messages as they come: which operation each asks for, and what it says."""

from bbic_bridge.sandbox.messages import Field, Message, Repeated, Vocabulary, code, day, moment
from bbic_bridge.sandbox.treserva import codes

NS = "urn:bbic-bridge:treserva:1"


def _undashed(text: str) -> str:
    return text.replace("-", "", 1)


HEAD = (
    Field("referens", "@referens"),
    Field("arende", "@arende"),
    Field("personnummer", "Person/@pnr", _undashed),
    Field("namn", "Person/@namn"),
    Field("skydd", "Person/@skydd", code(codes.SKYDD)),
)
_BESLUT_ID = Field("beslut_id", "@beslutEgetId")
_INSATS_ID = Field("insats_id", "@insatsEgetId")
_INSATSTYP = Field("insatstyp", "@insatskod", code(codes.INSATSTYP))
_START = Field("fran", "@start", day)
_SLUT = Field("till", "@slut", day)
_ERSATTER = Field("ersatter", "@ersatterEgetId")
_BESLUT_NR = Field("beslut", "@beslutId")
_INSATS_NR = Field("insats", "@insatsId")
_ERSATTER_NR = Field("ersatter", "@ersatterId")
_ANTECKNING = (
    Field("anteckning_id", "@egetId"),
    Field("handelsetid", "@handelsetid", moment),
    Field("rubrik", "@rubrik"),
    Field("text", "Notering"),
    Field("forfattare", "@upprattadAv"),
)
_AVSLUT = (
    _BESLUT_ID,
    _INSATS_ID,
    Field("slutdatum", "@slut", day),
    Field("orsak", "@orsakskod", code(codes.AVSLUTSORSAK)),
)
MESSAGES: dict[str, Message] = {
    "Beslut": Message(
        "registrera_beslut",
        (
            Field("beslut_id", "@egetId"),
            Field("beslutstyp", "@beslutskod", code(codes.BESLUTSTYP)),
            _INSATSTYP,
            Field("beslutsdatum", "@beslutsdatum", day),
            _START,
            _SLUT,
            Field("beslutsfattare", "@beslutsfattare"),
            Field("motivering", "Motivering"),
            Field("orsak", "@orsakskod", code(codes.AVSLUTSORSAK)),
            _ERSATTER,
        ),
        (_ERSATTER_NR,),
    ),
    "Verkstallighet": Message(
        "verkstall_beslut",
        (
            _BESLUT_ID,
            _INSATS_ID,
            _INSATSTYP,
            _START,
            _SLUT,
            Field("handlaggare", "@handlaggare"),
        ),
        (_BESLUT_NR,),
    ),
    "Tilldelning": Message(
        "tilldela_resurs",
        (
            _BESLUT_ID,
            _INSATS_ID,
            Field("resurs_id", "@resursId"),
            _START,
            _SLUT,
            Field("omfattning", "@procent", int),
        ),
        (_BESLUT_NR, _INSATS_NR),
    ),
    "Uppdrag": Message(
        "vidarebefordra_uppdrag",
        (
            _BESLUT_ID,
            _INSATS_ID,
            Field("uppdrag_id", "@egetId"),
            _INSATSTYP,
            Field("enhetschef", "Enhet/@chef"),
            Repeated(
                "mal",
                "Malpunkter/Malpunkt",
                (Field("mal_id", "@egetId"), Field("text", "Lydelse")),
            ),
            _ERSATTER,
        ),
        (_BESLUT_NR, _INSATS_NR, _ERSATTER_NR),
    ),
    "UppdragAtertag": Message(
        "aterkalla_uppdrag",
        (
            Field("uppdrag_id", "@uppdragEgetId"),
            Field("datum", "@datum", day),
            Field("orsak", "Skal"),
        ),
        (Field("uppdrag", "@uppdragId"),),
    ),
    "Journaldokument": Message(
        "registrera_dokument",
        (
            _INSATS_ID,
            Field("dokument_id", "@egetId"),
            Field("dokumenttyp", "@dokumentkod", code(codes.DOKUMENTTYP)),
            Field("titel", "@titel"),
            Field("datum", "@datum", day),
            _ERSATTER,
        ),
        (_INSATS_NR, _ERSATTER_NR),
    ),
    "Anteckning": Message("skapa_aktanteckning", _ANTECKNING),
    "AnteckningRattelse": Message(
        "ratta_aktanteckning",
        (*_ANTECKNING, Field("ersatter", "@rattarEgetId")),
        (Field("ersatter", "@rattarId"),),
    ),
    "TilldelningAvslut": Message(
        "avsluta_insats_och_resurs",
        (*_AVSLUT, Field("resurs_id", "@resursId")),
        (_BESLUT_NR, _INSATS_NR, Field("resurstilldelning", "@tilldelningId")),
        effekt="resurs",
    ),
    "InsatsAvslut": Message(
        "avsluta_insats_och_resurs", _AVSLUT, (_BESLUT_NR, _INSATS_NR), effekt="insats"
    ),
}
VOCABULARY = Vocabulary(NS, HEAD, MESSAGES)

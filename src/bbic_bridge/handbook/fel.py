"""What is wrong with a part of a document, in Swedish: the words for each type of error.

Types are pydantic's, and those that the documents' own checks raise. The words tell what is asked,
never what stood there.
"""

from collections.abc import Mapping
from typing import Any

ORD: Mapping[str, str] = {
    # pydantic's
    "missing": "Uppgiften saknas.",
    "extra_forbidden": "Fältet finns inte i dokumentet.",
    "model_type": "Ska vara ett JSON-objekt.",
    "tuple_type": "Ska vara en lista.",
    "too_short": "Antalet ska vara minst {min_length}.",
    "too_long": "Antalet får vara högst {max_length}.",
    "string_type": "Ska vara en text.",
    "string_too_short": "Texten ska ha minst {min_length} tecken.",
    "string_too_long": "Texten får ha högst {max_length} tecken.",
    "string_pattern_mismatch": (
        "Ska vara ett id: 1 till 48 tecken, bokstäver a-z, siffror och . _ : -, och börja med en "
        "bokstav eller siffra."
    ),
    "literal_error": "Ska vara något av {expected}.",
    "bool_type": "Ska vara true eller false.",
    "int_type": "Ska vara ett heltal.",
    "int_parsing_size": "Heltalet är för stort.",
    "greater_than_equal": "Ska vara minst {ge}.",
    "less_than_equal": "Får vara högst {le}.",
    # dokument.bas
    "datum": "Ska vara ett datum, ÅÅÅÅ-MM-DD.",
    "datum_finns_inte": "Datumet finns inte i kalendern.",
    "tid": "Ska vara datum och klockslag med tidszon (RFC 3339), t.ex. 2026-03-02T14:30:00+01:00.",
    "tid_finns_inte": "Tidpunkten finns inte i kalendern.",
    "ar": "Året ska vara {forsta} till {sista}.",
    "blank": "Texten får inte bara bestå av mellanrum.",
    "tecken": "Texten har ett tecken som inte kan skickas vidare i XML.",
    "ersatts_inte": (
        "Ska vara ett samordningsnummer eller interimsnummer; ett personnummer ersätts inte."
    ),
    "samma_mal": "Samma mal_id står två gånger.",
    # personnummer
    "nummer": "Ska vara ett personnummer, samordningsnummer eller interimsnummer.",
    "kontrollsiffra": "Numrets kontrollsiffra stämmer inte.",
    "fodelsedatum": "Numret börjar med ett datum som inte finns.",
    "tolv_siffror": "Numret ska ha 12 siffror, eftersom dagen då det skrevs är okänd.",
    "plustecken": "Numret har plustecken, men personen har inte fyllt 100 år.",
}
DOKUMENTET_SJALVT = "Ska vara ett dokument, ett JSON-objekt."
OLASLIGT = "Är inte giltig Unicode, eller är för djupt nästlat."
ID_MED_NUMMER = "Innehåller en persons nummer; id visas omaskerade."
OVRIGT = "Har inte den form som dokumentet kräver."


def pa_svenska(typ: str, ctx: Mapping[str, Any]) -> str:
    """The words for an error.

    Args:
        typ: its type, as pydantic names it.
        ctx: what its words need (``max_length``, ``expected``), as pydantic gives it.
    """
    # pydantic lists the values of a code list in words of its own.
    varden = {namn: str(varde).replace(" or ", " eller ") for namn, varde in ctx.items()}
    return ORD.get(typ, OVRIGT).format_map(varden)

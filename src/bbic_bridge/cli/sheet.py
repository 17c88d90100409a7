"""CSV that a Swedish Excel opens right by a double click.

UTF-8 with a byte order mark, semicolons, CRLF, ISO dates and decimal commas. No cell is run as a
formula, and no id is read as a number or a date.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from bbic_bridge.cli.output import clean

_FORMULA = re.compile(r"\s*[=+\-@]")
# Leading zeros, more digits than a number keeps there, and what looks like a date or an exponent.
_MISREAD = re.compile(r"0[0-9]+|[0-9]{12,}|[0-9]+[ .,:eE/-][0-9 .,:eE/-]*")


def sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The text of a whole sheet; in UTF-8 it is the file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()


def cell(value: object) -> str:
    """One value as it stands in a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nej"
        case float():
            return f"{value:.1f}".replace(".", ",")
        case int():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return _text(clean(value))


def _text(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) or _MISREAD.fullmatch(text) else text

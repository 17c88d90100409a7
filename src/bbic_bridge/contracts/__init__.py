"""Our published wire contracts as files, and the one XML parser.

``procapita.xsd`` and ``procapita.wsdl`` (SOAP 1.1), ``treserva.xsd`` and
``treserva.openapi.json`` (XML over HTTP). Mapping profiles and the sandbox read the same files.
"""

from pathlib import Path

_FOLDER = Path(__file__).parent
_SUFFIXES = {".xsd", ".wsdl", ".json"}


def path(name: str) -> Path:
    """Where a contract file lies.

    Args:
        name: a plain file name, e.g. ``procapita.xsd``.

    Raises:
        FileNotFoundError: if no contract has that name.
    """
    found = _FOLDER / name
    if found.parent != _FOLDER or found.suffix not in _SUFFIXES or not found.is_file():
        raise FileNotFoundError(f"no contract {name!r}")
    return found

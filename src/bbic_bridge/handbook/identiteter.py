"""Our own ids are shown and logged unmasked, so none may be made of a person's number."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bbic_bridge.handbook.dokument.bas import Person

Sokvag = tuple[str | int, ...]
_IDS = frozenset({"id", "source", "ersatter"})
_SEPARATORS = re.compile(r"[^0-9A-Z]")


def ids_av_personnummer(data: object, personer: Iterable[Person]) -> Iterator[Sokvag]:
    """Where an id of the event or its document holds the number of someone the document names.

    Args:
        data: the event as it was sent, decoded from JSON.
        personer: those it names, with canonical numbers, earlier ones too; any century and
            separator is found.
    """
    numbers = {number[2:] for person in personer for number in person.alla_nummer}
    for path, value in _ids(data, ()):
        digits = _SEPARATORS.sub("", value)
        if any(number in digits for number in numbers):
            yield path


def _ids(node: object, path: Sokvag) -> Iterator[tuple[Sokvag, str]]:
    if isinstance(node, str):
        name = str(path[-1]) if path else ""
        if name.endswith("_id") or name in _IDS:
            yield path, node
    elif isinstance(node, Mapping):
        for name, child in node.items():
            yield from _ids(child, (*path, name))
    elif isinstance(node, Sequence):
        for place, child in enumerate(node):
            yield from _ids(child, (*path, place))

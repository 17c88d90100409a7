"""Example pairs: what a profile makes of a message, as files that people can read and compare.

In ``examples/`` of a profile lie ``<message>.json`` and ``<message>.xml``; ``/`` in a message's
name is ``.`` in the file's.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

from bbic_bridge.contracts.xml import Element, XmlRefused, parse_untrusted
from bbic_bridge.mappings.errors import MappingError
from bbic_bridge.mappings.profile import Profile

FOLDER = "examples"


def check(profile: Profile, folder: Path) -> tuple[str, ...]:
    """What is wrong with a profile's example pairs; nothing if all hold in both directions.

    Args:
        folder: the profile's folder.
    """
    known = {message.replace("/", "."): message for message in profile.messages}
    stems = {file.stem for file in (folder / FOLDER).glob("*.[jx]*")}
    missing = [f"{message}: has no example" for stem, message in known.items() if stem not in stems]
    strange = [f"{stem}: is no message of the profile" for stem in sorted(stems - set(known))]
    pairs = [
        problem
        for stem in sorted(stems & set(known))
        for problem in _check_pair(profile, known[stem], folder / FOLDER / stem)
    ]
    return (*missing, *strange, *pairs)


def _check_pair(profile: Profile, message: str, stem: Path) -> Iterator[str]:
    try:
        data = json.loads(Path(f"{stem}.json").read_text(encoding="utf-8"))
        element = without_indents(parse_untrusted(Path(f"{stem}.xml").read_bytes()))
        if not same(profile.build(message, data), element):
            yield f"{message}: the JSON builds other XML than the example's"
        if profile.parse(message, element) != data:
            yield f"{message}: the XML is read as other data than the example's"
        if profile.message_of(element) != message:
            yield f"{message}: the XML is taken for another message"
    except (OSError, ValueError, XmlRefused) as error:
        yield f"{message}: cannot be read ({type(error).__name__})"
    except MappingError as error:
        yield str(error)


def without_indents(element: Element) -> Element:
    """A copy without the white space that only separates elements."""
    copy = deepcopy(element)
    for node in copy.iter():
        if len(node) and not (node.text or "").strip():
            node.text = None
        if not (node.tail or "").strip():
            node.tail = None
    return copy


def same(one: Element, other: Element) -> bool:
    """The same content, whatever the prefixes and the order of attributes."""
    return (
        one.tag == other.tag
        and sorted(one.attrib.items()) == sorted(other.attrib.items())
        and (one.text or "") == (other.text or "")
        and (one.tail or "") == (other.tail or "")
        and len(one) == len(other)
        and all(map(same, one, other))
    )

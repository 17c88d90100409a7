"""Example pairs: what a profile makes of a message, as files that people can read and compare.

In ``examples/`` of a profile lie ``<message>.json`` and ``<message>.xml``; ``/`` in a message's
name is ``.`` in the file's.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import zip_longest
from pathlib import Path
from typing import Any

from lxml import etree

from bbic_bridge.contracts.xml import Element, XmlRefused, parse_untrusted
from bbic_bridge.mappings.errors import MappingError
from bbic_bridge.mappings.profile import Profile

FOLDER = "examples"


def check(profile: Profile, folder: Path) -> tuple[str, ...]:
    """What is wrong with a profile's example pairs, each with its file and where in it.

    No text holds a value. Nothing is told if all pairs hold in both directions.

    Args:
        folder: the profile's folder.
    """
    known = _file_names(profile)
    stems = _stems(folder)
    strange = [
        f"{FOLDER}/{stem}: is no message of the profile" for stem in sorted(stems - set(known))
    ]
    pairs = [
        problem
        for stem in sorted(stems & set(known))
        for problem in _check_pair(profile, known[stem], folder / FOLDER / stem)
    ]
    return (*strange, *pairs)


def missing(profile: Profile, folder: Path) -> tuple[str, ...]:
    """The messages that have no example pair; arguments as for ``check``."""
    stems = _stems(folder)
    return tuple(message for stem, message in _file_names(profile).items() if stem not in stems)


def _file_names(profile: Profile) -> dict[str, str]:
    return {message.replace("/", "."): message for message in profile.messages}


def _stems(folder: Path) -> set[str]:
    return {file.stem for file in (folder / FOLDER).glob("*.[jx]*")}


def _check_pair(profile: Profile, message: str, stem: Path) -> Iterator[str]:
    ours, theirs = (f"{FOLDER}/{stem.name}.{suffix}" for suffix in ("json", "xml"))
    try:
        data = json.loads(Path(f"{stem}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield f"{ours}: cannot be read ({type(error).__name__})"
        return
    try:
        element = without_indents(parse_untrusted(Path(f"{stem}.xml").read_bytes()))
    except (OSError, XmlRefused) as error:
        yield f"{theirs}: cannot be read ({type(error).__name__})"
        return
    yield from _check_build(profile, message, data, element, (ours, theirs))
    yield from _check_parse(profile, message, data, element, (ours, theirs))


def _check_build(
    profile: Profile, message: str, data: Any, element: Element, files: tuple[str, str]
) -> Iterator[str]:
    ours, theirs = files
    try:
        place = difference(element, profile.build(message, data))
    except MappingError as error:
        yield f"{ours}: {error}"
        return
    if place:
        yield f"{theirs}: <{place}>: is not what the JSON builds"


def _check_parse(
    profile: Profile, message: str, data: Any, element: Element, files: tuple[str, str]
) -> Iterator[str]:
    ours, theirs = files
    try:
        read = profile.parse(message, element)
        taken_for = profile.message_of(element)
    except MappingError as error:
        yield f"{theirs}: {error}"
        return
    if read != data:
        yield f"{ours}: field {field_of_difference(data, read)}: is not what the XML says"
    if taken_for != message:
        yield f"{theirs}: is taken for another message"


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
    return not difference(one, other)


def difference(one: Element, other: Element) -> str:
    """The path of the first place where they differ, in the words of ``one``; else empty.

    Prefixes and the order of attributes make no difference.
    """
    name = etree.QName(one).localname
    if one.tag != other.tag or _texts(one) != _texts(other):
        return name
    for attribute in sorted({*one.attrib, *other.attrib}, key=str):
        if one.get(attribute) != other.get(attribute):
            return f"{name}/@{etree.QName(attribute).localname}"
    for inner, others in zip_longest(one, other):
        if inner is None or others is None:
            return f"{name}/{etree.QName(inner if others is None else others).localname}"
        if place := difference(inner, others):
            return f"{name}/{place}"
    return ""


def _texts(element: Element) -> tuple[str, str]:
    return element.text or "", element.tail or ""


def field_of_difference(one: Any, other: Any) -> str:
    """The name of the first field that differs (``mal[2].text``); empty for the whole."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name) or (name in one) != (name in other):
                return _joined(name, field_of_difference(one.get(name), other.get(name)))
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (inner, others) in enumerate(zip(one, other, strict=True)):
            if inner != others:
                return _joined(f"[{number}]", field_of_difference(inner, others))
    return ""


def _joined(name: str, inner: str) -> str:
    return f"{name}{'' if inner.startswith('[') or not inner else '.'}{inner}"

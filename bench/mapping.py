"""Building and validating a vendor's XML through a mapping profile, against raw lxml."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from lxml import etree

from bbic_bridge.contracts import path as contract
from bbic_bridge.contracts.xml import parse_untrusted
from bbic_bridge.handbook.uppgifter import UPPGIFTER
from bbic_bridge.mappings import engine
from bench import Bar

BAR = 2.0
ROUNDS, REPEATS = 7, 40
Node = tuple[str, dict[str, str], str | None, list[Any]]


def run() -> list[Bar]:
    """One bar per shipped profile: the ratio over all operations, the lower the better."""
    return [_bar(name, folder) for name, folder in engine.shipped().items()]


def _bar(name: str, folder: Path) -> Bar:
    profile = engine.load(name)
    schema = etree.XMLSchema(etree.parse(contract(f"{name.partition('/')[0]}.xsd")))  # noqa: TID251  our own file
    pairs = [
        (example.stem.replace(".", "/"), json.loads(example.read_bytes()), _nodes(example))
        for example in sorted((folder / "examples").glob("*.json"))
        if example.stem.partition(".")[0] in UPPGIFTER
    ]

    def mapped() -> None:
        for message, data, _ in pairs:
            profile.to_bytes(profile.build(message, data))

    def raw() -> None:
        for _, _, nodes in pairs:
            element = _built(None, nodes)
            assert schema.validate(element)
            etree.tostring(element, xml_declaration=True, encoding="UTF-8")

    ratio = _seconds(mapped) / _seconds(raw)
    text = f"build and validate {len(pairs)} messages, {name}: times raw lxml"
    return Bar(name=text, value=ratio, bar=f"<= {BAR:g}", met=ratio <= BAR)


def _nodes(example: Path) -> Node:
    """The message that a profile's example shows, as plain values for raw lxml to write."""

    def nodes(element: Any) -> Node:
        text = element.text if len(element) == 0 else None
        return str(element.tag), dict(element.attrib), text, [nodes(child) for child in element]

    return nodes(parse_untrusted(example.with_suffix(".xml").read_bytes()))


def _built(parent: Any, node: Node) -> Any:
    tag, attributes, text, children = node
    if parent is None:
        nsmap = cast("dict[str, str]", {None: tag[1:].partition("}")[0]})
        element = etree.Element(tag, attributes, nsmap=nsmap)
    else:
        element = etree.SubElement(parent, tag, attributes)
    element.text = text
    for child in children:
        _built(element, child)
    return element


def _seconds(work: Callable[[], None]) -> float:
    """The best of several rounds: what the machine's other work disturbs least."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(REPEATS):
            work()
        best = min(best, time.perf_counter() - began)
    return best

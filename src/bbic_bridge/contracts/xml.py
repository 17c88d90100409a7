"""The one place where XML from outside becomes a tree.

lxml with ``resolve_entities=False`` still accepts a DOCTYPE and drops an entity's text in silence,
so everything that a message of ours never needs is refused here, before memory is spent on it.
"""

import re
from collections.abc import Iterator
from typing import Final, TypeAlias, cast

from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it
_Events: TypeAlias = Iterator[tuple[str, Element]]

MAX_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 64
MAX_NODES: Final = 50_000
MAX_CHILDREN: Final = 1_000
MAX_ATTRIBUTE: Final = 65_536
_CHUNK: Final = 16_384

_XINCLUDE: Final = ("{http://www.w3.org/2001/XInclude}", "{http://www.w3.org/2003/XInclude}")
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_REFERENCES: Final = frozenset({_XSI + "schemaLocation", _XSI + "noNamespaceSchemaLocation"})
_DECLARATION = re.compile(rb"<\?xml\s[^<>]*?\?>")
_ENCODING = re.compile(rb"""\sencoding\s*=\s*["']([^"']*)["']""")
# Possessive, so that it takes linear time whatever the prolog holds.
_PROLOG = re.compile(rb"(?>\s++|<!--.*?-->)*+", re.DOTALL)


class XmlRefused(Exception):
    """The bytes were not accepted as XML.

    Attributes:
        code: ``too_large``, ``encoding``, ``doctype``, ``processing_instruction``, ``xinclude``,
            ``external_reference``, ``too_deep``, ``too_many_nodes``, ``too_many_children``,
            ``too_long`` or ``malformed``.
        message: what and on which line; never any content.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def parse_untrusted(body: bytes, max_bytes: int = MAX_BYTES) -> Element:
    """Parses a whole XML document and returns its root, without comments.

    Args:
        body: UTF-8, with or without a byte order mark.
        max_bytes: the largest body accepted.

    Raises:
        XmlRefused: for anything but plain, bounded, well-formed XML 1.0 in UTF-8: DOCTYPE,
            processing instructions, XInclude, schema locations, other encodings, more than
            64 levels, 50,000 elements and attributes, 1,000 children of one element, or 65,536
            characters in one attribute.
    """
    if len(body) > max_bytes:
        raise XmlRefused("too_large", f"{len(body)} bytes, at most {max_bytes} are accepted")
    content = body.removeprefix(b"\xef\xbb\xbf")
    if not content.strip():
        raise XmlRefused("malformed", "line 1: empty")
    _check_encoding(content)
    _check_prolog(content)
    return _parse(content)


def _check_encoding(content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise XmlRefused("encoding", f"not UTF-8 at byte {error.start}") from None
    if b"\0" in content:
        raise XmlRefused("encoding", "not UTF-8: a NUL byte")
    declaration = _DECLARATION.match(content)
    declared = _ENCODING.search(declaration.group()) if declaration else None
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8"):
        raise XmlRefused("encoding", "line 1: the declared encoding is not UTF-8")


def _check_prolog(content: bytes) -> None:
    """Sees a DOCTYPE before the parser does: it can only stand before the root element."""
    declaration = _DECLARATION.match(content)
    start = _PROLOG.match(content, declaration.end() if declaration else 0)
    at = start.end() if start else 0
    line = content.count(b"\n", 0, at) + 1
    if content.startswith(b"<!DOCTYPE", at):
        raise XmlRefused("doctype", f"line {line}: DOCTYPE is not accepted")
    if content.startswith(b"<?", at):
        raise XmlRefused("processing_instruction", f"line {line}: not accepted")


def _parse(content: bytes) -> Element:
    parser = etree.XMLPullParser(  # noqa: TID251 - the one parser, behind the checks above
        events=("start", "end", "pi"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        collect_ids=False,
    )
    guard = _Guard()
    try:
        for start in range(0, len(content), _CHUNK):
            parser.feed(content[start : start + _CHUNK])
            guard.check(cast("_Events", parser.read_events()))
        root = parser.close()
    except etree.XMLSyntaxError as error:
        # libxml2's own words may quote the document.
        raise XmlRefused("malformed", f"line {error.lineno or 1}: not well-formed") from None
    guard.check(cast("_Events", parser.read_events()))
    return root


class _Guard:
    """Counts what has been parsed so far and refuses what is not accepted.

    Children are counted because finding an element's place among its siblings, which validation
    does for every error, takes time with their number.
    """

    def __init__(self) -> None:
        self._open = [0]
        self._nodes = 0

    def check(self, events: _Events) -> None:
        for event, node in events:
            if event == "end":
                self._open.pop()
            elif event == "pi":
                raise XmlRefused("processing_instruction", f"line {node.sourceline}: not accepted")
            else:
                self._start(node)

    def _start(self, node: Element) -> None:
        self._nodes += 1 + len(node.attrib)
        self._open[-1] += 1
        self._check_counts(f"line {node.sourceline}")
        if any(len(value) > MAX_ATTRIBUTE for value in node.attrib.values()):
            raise XmlRefused("too_long", f"line {node.sourceline}: an attribute is too long")
        self._open.append(0)
        if str(node.tag).startswith(_XINCLUDE):
            raise XmlRefused("xinclude", f"line {node.sourceline}: XInclude is not accepted")
        if not _REFERENCES.isdisjoint(node.attrib):
            raise XmlRefused("external_reference", f"line {node.sourceline}: a schema location")

    def _check_counts(self, line: str) -> None:
        if len(self._open) > MAX_DEPTH:
            raise XmlRefused("too_deep", f"{line}: more than {MAX_DEPTH} levels")
        if self._nodes > MAX_NODES:
            raise XmlRefused("too_many_nodes", f"{line}: more than {MAX_NODES}")
        if self._open[-1] > MAX_CHILDREN:
            raise XmlRefused("too_many_children", f"{line}: more than {MAX_CHILDREN}")

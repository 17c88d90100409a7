"""What an XSD allows where: used to check a profile's paths and to put elements in order.

Reads the part of XML Schema that message contracts use: elements, references, complex types with
sequence, choice and all, extensions, groups and attributes, in one file. What it does not know is
not found, so a path through it is refused when the profile is loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bbic_bridge.contracts.xml import Element

_XS = "{http://www.w3.org/2001/XMLSchema}"
_NESTED = {_XS + "sequence", _XS + "choice", _XS + "all"}
_DERIVED = {_XS + "complexContent", _XS + "simpleContent", _XS + "extension", _XS + "restriction"}
_OUTSIDE = {_XS + "include", _XS + "import", _XS + "redefine", _XS + "override"}


class SchemaError(ValueError):
    """The XSD uses something that cannot be read here."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute: its qualified name, and whether it must be there."""

    name: str
    required: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands in its parent: its tag, its turn, how often it comes."""

    tag: str
    turn: int
    required: bool
    many: bool
    declaration: Element


class Schema:
    """An XSD, ready to be asked for the content of an element."""

    def __init__(self, root: Element) -> None:
        if root.tag != _XS + "schema":
            raise SchemaError("the root element is not xs:schema")
        outside = next((node for node in root if node.tag in _OUTSIDE), None)
        if outside is not None:
            kind = str(outside.tag).removeprefix(_XS)
            raise SchemaError(f"xs:{kind} is not supported: put the whole schema in one file")
        self.namespace = root.get("targetNamespace", "")
        self._qualified = root.get("elementFormDefault") == "qualified"
        self._qualified_attributes = root.get("attributeFormDefault") == "qualified"
        self._named = {(node.tag, node.get("name")): node for node in root if node.get("name")}

    def root_element(self, name: str) -> Element | None:
        """The declaration of a global element."""
        return self._named.get((_XS + "element", name))

    def tag_of_root(self, name: str) -> str:
        return self._expand(name, qualified=True)

    def children(self, declaration: Element) -> dict[str, Place]:
        """The elements that may stand in this one, by local name, in order.

        Raises:
            SchemaError: where one name may stand in two places, so that a path is not clear.
        """
        places: dict[str, Place] = {}
        for turn, (node, required, many) in enumerate(self._particles(declaration)):
            target = self._target(node)
            name = target.get("name", "")
            if name in places:
                raise SchemaError(f"element {name} may stand in two places of one element")
            tag = self._expand(name, qualified=self._is_qualified(node))
            places[name] = Place(tag, turn, required, many, target)
        return places

    def attributes(self, declaration: Element) -> dict[str, Attribute]:
        """The attributes of an element, by local name."""
        found = {}
        body = self._type_body(declaration)
        for node in self._walk_attributes(body) if body is not None else ():
            reference = node.get("ref")
            name = _local(reference) if reference else node.get("name", "")
            form = node.get("form", "qualified" if self._qualified_attributes else "unqualified")
            qualified = self._expand(name, qualified=bool(reference) or form == "qualified")
            found[name] = Attribute(qualified, node.get("use") == "required")
        return found

    def has_text(self, declaration: Element) -> bool:
        """Whether the element itself holds text: a simple type, or simple content."""
        body = self._type_body(declaration)
        if body is None:
            return True
        return any(node.tag == _XS + "simpleContent" for node in body)

    def _particles(self, declaration: Element) -> Iterator[tuple[Element, bool, bool]]:
        body = self._type_body(declaration)
        if body is not None:
            yield from self._walk(body, required=True, many=False)

    def _walk(
        self, node: Element, *, required: bool, many: bool
    ) -> Iterator[tuple[Element, bool, bool]]:
        for child in node:
            here = required and child.get("minOccurs") != "0"
            often = many or child.get("maxOccurs", "1") not in ("0", "1")
            if child.tag == _XS + "element":
                yield child, here, often
            elif child.tag in _NESTED:
                inside = here and child.tag != _XS + "choice"
                yield from self._walk(child, required=inside, many=often)
            elif child.tag == _XS + "group":
                group = self._lookup("group", child.get("ref", ""))
                yield from self._walk(group, required=here, many=often)
            elif child.tag in _DERIVED:
                yield from self._derived(child, required=required, many=many)

    def _derived(
        self, node: Element, *, required: bool, many: bool
    ) -> Iterator[tuple[Element, bool, bool]]:
        base = self._base_type(node)
        if base is not None and node.tag == _XS + "extension":
            yield from self._walk(base, required=required, many=many)
        yield from self._walk(node, required=required, many=many)

    def _walk_attributes(self, node: Element) -> Iterator[Element]:
        for child in node:
            if child.tag == _XS + "attribute" and child.get("use") != "prohibited":
                yield child
            elif child.tag == _XS + "attributeGroup":
                group = self._lookup("attributeGroup", child.get("ref", ""))
                yield from self._walk_attributes(group)
            elif child.tag in _DERIVED:
                base = self._base_type(child)
                if base is not None:
                    yield from self._walk_attributes(base)
                yield from self._walk_attributes(child)

    def _base_type(self, node: Element) -> Element | None:
        return self._complex_type(node, node.get("base", ""))

    def _type_body(self, declaration: Element) -> Element | None:
        """The complex type of an element; None for a simple one."""
        inline = declaration.find(_XS + "complexType")
        if inline is not None:
            return inline
        return self._complex_type(declaration, declaration.get("type", ""))

    def _complex_type(self, node: Element, name: str) -> Element | None:
        prefix, _, local = name.rpartition(":")
        if node.nsmap.get(prefix or None) == _XS.strip("{}"):
            return None
        return self._named.get((_XS + "complexType", local))

    def _target(self, node: Element) -> Element:
        reference = node.get("ref")
        return self._lookup("element", reference) if reference else node

    def _lookup(self, kind: str, name: str) -> Element:
        found = self._named.get((_XS + kind, _local(name)))
        if found is None:
            raise SchemaError(f"the schema names the {kind} {_local(name)}, which is not in it")
        return found

    def _is_qualified(self, node: Element) -> bool:
        form = node.get("form", "qualified" if self._qualified else "unqualified")
        return node.get("ref") is not None or form == "qualified"

    def _expand(self, name: str, *, qualified: bool) -> str:
        return f"{{{self.namespace}}}{name}" if qualified and self.namespace else name


def _local(name: str) -> str:
    return name.rpartition(":")[2]

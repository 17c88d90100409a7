"""Strict checks against a published schema."""

from typing import Any

from lxml import etree

from bbic_bridge import contracts


class Schema:
    """A contract's XSD. lxml keeps its errors per schema object: use from one thread only."""

    def __init__(self, name: str) -> None:
        self._schema = etree.XMLSchema(file=str(contracts.path(name)))

    def problem(self, element: etree._Element) -> str | None:
        """The first thing wrong: where, and the kind of error, without any of the content."""
        if self._schema.validate(element):
            return None
        errors: Any = self._schema.error_log  # the stubs do not know that it is a sequence
        return f"{_place(element, errors[0].path or '')}: {errors[0].type_name}"


def _place(root: etree._Element, path: str) -> str:
    """A path by names, for one that libxml2 gives by positions (``/*/*[3]/*[1]``)."""
    _, _, below = path.removeprefix("/").partition("/")
    found: Any = root.xpath(f"./{below}" if below else ".")
    steps = [found[0], *found[0].iterancestors()] if found else [root]
    names = [str(etree.QName(step).localname) for step in steps]
    return "/" + "/".join(reversed(names))

"""Making elements of one namespace with little writing."""

from collections.abc import Mapping
from typing import Any

from lxml import etree


class Maker:
    """Makes elements: ``maker("Lank", child, "text", typ="beslut")``."""

    def __init__(self, namespace: str, prefix: str | None = None) -> None:
        self._namespace = namespace
        self._prefixes: Any = {prefix: namespace}  # the stubs know no default prefix

    def __call__(
        self, name: str, *content: etree._Element | str, **attributes: str
    ) -> etree._Element:
        return self.make(name, attributes, *content)

    def make(
        self, name: str, attributes: Mapping[str, str], *content: etree._Element | str
    ) -> etree._Element:
        """The same, with the attributes as a mapping."""
        element = etree.Element(f"{{{self._namespace}}}{name}", nsmap=self._prefixes)
        for key, value in attributes.items():
            element.set(key, value)
        for item in content:
            if isinstance(item, str):
                element.text = item
            else:
                element.append(item)
        return element

"""No field of an uppgift is lost in silence. Read off the files, without the loader's own check."""

import tomllib
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from lxml.etree import QName
from pydantic import BaseModel

from bbic_bridge import contracts
from bbic_bridge.contracts.xml import Element, parse_untrusted
from bbic_bridge.handbook.uppgifter import EFFEKTER, UPPGIFTER
from bbic_bridge.mappings.engine import load, shipped
from bbic_bridge.mappings.messages import ANDRINGAR, TEXTER
from bbic_bridge.mappings.places import Use
from bbic_bridge.mappings.schema import Schema
from tests.mappings.cases import PROFILES


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, info in model.model_fields.items():
        inner = [
            part
            for part in (info.annotation, *get_args(info.annotation))
            if isinstance(part, type) and issubclass(part, BaseModel)
        ]
        if inner:
            yield from leaves(inner[0], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def told(toml: dict[str, Any], message: str) -> set[str]:
    """Every field that the message maps or lists as unmapped."""
    operation = toml["operation"][message]
    parts = [toml["parts"][part] for part in operation.get("parts", [])]
    found = set(operation.get("unmapped", {}))
    for row in [row for part in (*parts, operation["fields"]) for row in part]:
        inner = [f"{row['field']}.{each['field']}" for each in row.get("each", [])]
        found |= set(inner or [row["field"]])
    return found


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("operation", UPPGIFTER)
def test_every_field_is_mapped_or_has_a_reason(profile: str, operation: str) -> None:
    toml = tomllib.loads((shipped()[profile] / "profile.toml").read_text(encoding="utf-8"))
    for effect in EFFEKTER.get(operation, ("",)):
        message = f"{operation}/{effect}".rstrip("/")
        missing = {"referens", "arende", *leaves(UPPGIFTER[operation])} - told(toml, message)
        assert not missing


@pytest.mark.parametrize("profile", PROFILES)
def test_all_operations_answers_and_kinds_of_change_are_there(profile: str) -> None:
    mapped = load(profile)
    expected = {
        f"{operation}/{effect}" if effect else operation
        for operation in UPPGIFTER
        for effect in mapped.effects(operation)
    }
    expected |= {f"andring/{kind}" for kind in ANDRINGAR} | {"kvittens", "fel", "andringar"}
    assert expected <= set(mapped.messages)


def test_familycare_has_a_text_for_every_word() -> None:
    mapped = load("procapita/standard")
    for table, words in TEXTER.items():
        texts = {mapped.code(table, word) for word in words}
        assert len(texts) == len(words)
        assert {mapped.uncode(table, text) for text in texts} == words


def declared(schema: Schema, element: Element, path: str) -> Iterator[str]:
    """Every attribute and every element with text that may stand in the element."""
    yield from (f"{path}@{name}" for name in schema.attributes(element))
    for name, place in schema.children(element).items():
        inner = list(declared(schema, place.declaration, f"{path}{name}/"))
        yield from inner
        if schema.has_text(place.declaration):
            yield f"{path}{name}" + ("/." if inner else "")


def used(use: Use, path: str) -> Iterator[str]:
    for step, inner in use.inside.items():
        if inner.inside:
            yield from used(inner, f"{path}{step}/")
        else:
            yield f"{path}{step}"


@pytest.mark.parametrize("profile", PROFILES)
def test_nothing_that_the_contract_carries_is_left_unread(profile: str) -> None:
    name = profile.split("/", maxsplit=1)[0] + ".xsd"
    schema = Schema(parse_untrusted(contracts.path(name).read_bytes()))
    mapped: dict[str, set[str]] = {}
    for message in load(profile)._messages.values():
        root = QName(message.tag).localname
        mapped.setdefault(root, set()).update(used(message.use, ""))
    assert set(mapped) == {
        str(name) for kind, name in schema._named if str(kind).endswith("}element")
    }
    for root, paths in mapped.items():
        element = schema.root_element(root)
        assert element is not None
        unread = {path.removesuffix("/.") for path in declared(schema, element, "")}
        unread -= {path.removesuffix("/.") for path in paths}
        if root == "Andringar":
            unread = {path for path in unread if not path.startswith("Andring/")}
        assert not unread, root

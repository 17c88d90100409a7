"""The published contracts: found by name, valid, and explained in both languages."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from bbic_bridge import contracts
from bbic_bridge.contracts.xml import Element, parse_untrusted

XS = "{http://www.w3.org/2001/XMLSchema}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SCHEMAS = ("procapita.xsd", "treserva.xsd")
OPENAPI = json.loads(contracts.path("treserva.openapi.json").read_text(encoding="utf-8"))


def schema_root(name: str) -> Element:
    return parse_untrusted(contracts.path(name).read_bytes())


@pytest.mark.parametrize("name", [*SCHEMAS, "procapita.wsdl", "treserva.openapi.json"])
def test_a_contract_is_found_by_name(name: str) -> None:
    assert contracts.path(name).read_bytes()


@pytest.mark.parametrize(
    "name", ["nothing.xsd", "xml.py", "../settings.py", "/etc/hosts", "", ".", "__init__.py"]
)
def test_nothing_else_is(name: str) -> None:
    with pytest.raises(FileNotFoundError):
        contracts.path(name)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_message_and_code_list_is_explained_in_both_languages(name: str) -> None:
    for node in schema_root(name):
        described = node.tag == XS + "element" or "od" in str(node.get("name", ""))[-3:]
        if described:
            languages = {text.get(LANG) for text in node.iter(XS + "documentation")}
            assert languages == {"sv", "en"}, node.get("name")


def test_the_vendors_share_no_shape() -> None:
    ours, theirs = (
        {node.get("name") for node in schema_root(name).findall(XS + "element")} for name in SCHEMAS
    )
    assert ours & theirs == {"Fel", "Andringar", "Andring"}


def examples(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("example", "value") and isinstance(value, str):
                yield value
            yield from examples(value)


def references(node: Any) -> Iterator[str]:
    for value in node.values() if isinstance(node, dict) else node:
        if isinstance(value, str) and value.startswith("#/"):
            yield value
        elif isinstance(value, dict | list):
            yield from references(value)


def test_the_examples_of_the_openapi_follow_the_schema() -> None:
    schema = etree.XMLSchema(schema_root("treserva.xsd"))
    found = list(examples(OPENAPI))
    assert len(found) == 6
    for example in found:
        schema.assertValid(parse_untrusted(example.encode()))


def test_every_reference_of_the_openapi_leads_somewhere() -> None:
    for reference in references(OPENAPI):
        node: Any = OPENAPI
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node


def test_the_openapi_describes_what_the_bridge_calls() -> None:
    calls = {(path, verb) for path, verbs in OPENAPI["paths"].items() for verb in verbs}
    assert calls == {("/meddelanden", "post"), ("/svar", "get"), ("/andringar", "get")}
    key = OPENAPI["components"]["parameters"]["nyckel"]
    assert (key["name"], key["in"], key["required"]) == ("Idempotency-Key", "header", True)
    named = OPENAPI["components"]["schemas"]["Uppgift"]["description"]
    roots = {node.get("name") for node in schema_root("treserva.xsd").findall(XS + "element")}
    answers = {"Svar", "Fel", "Andringar", "Andring"}
    assert {word.strip(".,") for word in named.split()[2:]} == roots - answers

"""A page of changes with something wrong in it: each change is judged by itself."""

from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.contracts.xml import parse_untrusted
from bbic_bridge.mappings.apart import Unread
from bbic_bridge.mappings.engine import MappingError, Profile, load
from tests.mappings.cases import PROFILES, example, example_xml

OWN = """
schema = "news.xsd"
[changes]
element    = "item"
kind_path  = "@kind"
kind_codes = "kind"
[change.resurs_registrerad]
fields = [
  { field = "andrings_id",    path = "@id" },
  { field = "vendor_id",      path = "@number" },
  { field = "tid",            path = "@at", type = "datetime" },
  { field = "data.resurs_id", path = "home/@id" },
]
[change.resurs_registrerad.unmapped]
arende          = "-"
personnummer    = "-"
referens        = "-"
"data.resurstyp" = "-"
[message.andringar]
element = "news"
fields  = [
  { field = "nasta",     path = "head/next", optional = true },
  { field = "andringar", path = "list/item", changes = true },
]
[message.andringar.unmapped]
fler = "-"
[codes.kind]
resurs_registrerad = "home"
"""
XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="news"><xs:complexType><xs:sequence>
  <xs:element name="head" minOccurs="0"><xs:complexType><xs:sequence>
    <xs:element name="next" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType>
  </xs:element>
  <xs:element name="list"><xs:complexType><xs:sequence>
    <xs:element ref="item" maxOccurs="2"/></xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="item"><xs:complexType><xs:sequence>
  <xs:element name="home"><xs:complexType>
    <xs:attribute name="id" type="xs:NCName" use="required"/></xs:complexType></xs:element>
</xs:sequence>
  <xs:attribute name="kind" type="xs:string" use="required"/>
  <xs:attribute name="id" type="xs:string" use="required"/>
  <xs:attribute name="number" type="xs:string" use="required"/>
  <xs:attribute name="at" type="xs:dateTime" use="required"/>
</xs:complexType></xs:element>
</xs:schema>"""


@pytest.fixture
def own(tmp_path: Path) -> Profile:
    """Changes lie one level down, and the schema asks for one at least and two at most."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "profile.toml").write_text('title = "Own"\n' + OWN)
    (folder / "news.xsd").write_text(XSD)
    return load("own", tmp_path)


def item(number: object, kind: str = "home", at: str = "2026-09-16T13:05:00Z") -> str:
    return f'<item kind="{kind}" id="{number}" number="7" at="{at}"><home id="R-{number}"/></item>'


def read(profile: Profile, text: str) -> tuple[dict[str, Any], list[Any]]:
    page, changes = profile.parse_page("andringar", parse_untrusted(text.encode()))
    return page, [
        (one.andrings_id, one.kind, one.error.field) if isinstance(one, Unread) else one["kind"]
        for one in changes
    ]


def news(*items: str, more: str = "") -> str:
    return f"<news><head><next>9</next></head><list>{''.join(items)}</list>{more}</news>"


@pytest.mark.parametrize("name", PROFILES)
def test_a_sound_page_is_read_as_a_whole(name: str) -> None:
    profile = load(name)
    page, changes = profile.parse_page("andringar", example_xml(name, "andringar"))
    assert {**page, "andringar": list(changes)} == example(name, "andringar")


def test_a_bad_change_among_good_ones_is_told_with_its_own_id_and_field(own: Profile) -> None:
    bad = item(2, at="i dag")
    assert read(own, news(item(1), bad)) == (
        {"nasta": "9"},
        ["resurs_registrerad", ("2", "resurs_registrerad", "tid")],
    )
    assert read(own, news(bad, item(1)))[1][1] == "resurs_registrerad"


def test_an_unknown_kind_still_has_an_id(own: Profile) -> None:
    assert read(own, news(item(1), item(2, kind="boat")))[1][1] == ("2", "", "kind")


def test_a_change_without_an_id_has_none(own: Profile) -> None:
    nameless = item(2).replace(' id="2"', "")
    assert read(own, news(item(1), nameless))[1][1] == (None, "resurs_registrerad", "andrings_id")


def test_nothing_but_a_bad_change_is_a_page_too(own: Profile) -> None:
    found = ({"nasta": "9"}, [("1", "resurs_registrerad", "tid")])
    assert read(own, news(item(1, at="i dag"))) == found


def test_more_changes_than_the_schema_allows_are_taken_one_by_one(own: Profile) -> None:
    assert read(own, news(item(1), item(2), item(3)))[1] == ["resurs_registrerad"] * 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(news(item(1), more="<strange/>"), id="something strange beside the changes"),
        pytest.param(news(item(1), item(2, at="i dag"), more="<strange/>"), id="both"),
        pytest.param(news(item(1).replace("item", "thing")), id="other elements in their place"),
        pytest.param(news(), id="none, where one is asked for"),
        pytest.param(f"<news>{item(1)}</news>", id="changes where none belong"),
    ],
)
def test_what_cannot_be_taken_apart_is_wrong_as_a_whole(own: Profile, text: str) -> None:
    with pytest.raises(MappingError):
        read(own, text)


def test_a_change_is_the_same_document_whatever_it_stood_in(own: Profile) -> None:
    bad = item(2, at="i dag")
    raws = []
    for text in (news(item(1), bad), f'<a xmlns:b="urn:b">{news(bad, item(3))}</a>'):
        page = parse_untrusted(text.encode())
        page = page if page.tag == "news" else page[0]
        _, changes = own.parse_page("andringar", page)
        raws += [one.raw for one in changes if isinstance(one, Unread)]
    assert raws[0] == raws[1]
    again = own.parse_change(parse_untrusted(raws[0].replace(b"i dag", b"2026-09-16T13:05:00Z")))
    assert not isinstance(again, Unread)
    assert again["andrings_id"] == "2"

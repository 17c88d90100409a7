"""A kommun's own profile: another shape, without namespace, with its own XSD."""

from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.contracts.xml import parse_untrusted
from bbic_bridge.mappings.engine import MappingError, Profile, load
from tests.mappings.cases import CHILD, OWN_NOTE, own_profile

NOTE_XML = f"""
<note><head ref="R-1"><child number="{CHILD}">open</child><source>bbic-bridge</source></head>
<body><id>N-1</id><at>2026-07-01T10:00:00</at><author>KH01</author><title>Hembesök</title>
<text>Det gick bra.</text><who name="Alva Exempel"/><who name="Bo Exempel"/>
<decision>12.50</decision></body></note>
""".strip()
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return own_profile(tmp_path)


def read(profile: Profile, old: str = "", new: str = "") -> Any:
    assert old in NOTE_XML
    return profile.parse(
        "skapa_aktanteckning", parse_untrusted(NOTE_XML.replace(old, new).encode())
    )


def test_it_is_written_in_the_order_of_the_schema(profile: Profile) -> None:
    built = profile.build("skapa_aktanteckning", {**OWN_NOTE, "arende": "A-1"})
    body = profile.to_bytes(built).decode()
    assert body.split("\n", 1)[1] == NOTE_XML.replace("\n", "")
    assert profile.lookup("skapa_aktanteckning") == "none"


def test_it_is_read_back(profile: Profile) -> None:
    assert read(profile) == OWN_NOTE


def test_a_constant_is_written_and_demanded(profile: Profile) -> None:
    with pytest.raises(MappingError, match="field head/source: is not the constant"):
        read(profile, ">bbic-bridge<", ">annan<")


@pytest.mark.parametrize(
    ("old", "new", "field", "problem"),
    [
        (">KH01<", ">KH02<", "forfattare", "a code that the table does not know"),
        (">open<", "><", "barn.skydd", "a code that the table does not know"),
        (CHILD, "19121212", "barn.personnummer", "is not a personnummer"),
        ("10:00:00", "10:00:00Z", "handelsetid", "has a time zone"),
        ("2026-07-01T10:00:00", "2026-03-29T02:30:00", "handelsetid", "does not exist"),
        (">12.50<", ">1,5<", "vendor.beslut", "not of the type"),
        ("<text>Det gick bra.</text>", "<picture/>", "text", "is missing"),
        (' name="Bo Exempel"', "", "deltagare[1]", "the schema requires, and it is missing"),
        (' name="Bo Exempel"', ' nam="Bo"', "<body/who[2]/@nam>", "does not know here"),
    ],
)
def test_what_is_received_wrong_is_named(
    profile: Profile, old: str, new: str, field: str, problem: str
) -> None:
    with pytest.raises(MappingError) as caught:
        read(profile, old, new)
    assert caught.value.field == field
    assert problem in caught.value.problem


def test_nil_is_nothing(profile: Profile) -> None:
    nil = f'<decision xmlns:xsi="{XSI}" xsi:nil="true"/>'
    assert "vendor" not in read(profile, "<decision>12.50</decision>", nil)


def test_the_text_of_a_repeated_element_may_be_a_field(profile: Profile) -> None:
    link = {"kind": "anteckning", "our_id": "N-1", "vendor_id": "J 17"}
    data = {"referens": "R-1", "tid": "2026-07-01T08:00:00Z", "lankar": [link, link]}
    built = profile.build("kvittens", data)
    assert [node.text for node in built] == ["J 17", "J 17"]
    assert profile.parse("kvittens", built) == data


def test_an_installation_has_its_profile_in_its_own_folder(tmp_path: Path) -> None:
    assert own_profile(tmp_path).name == "journal"
    assert load("journal", tmp_path) is load("journal", tmp_path)
    assert load("treserva/standard", tmp_path) is not load("journal", tmp_path)

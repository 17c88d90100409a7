"""What the tests of the mappings share: the shipped examples, and a kommun's own profile."""

import json
from pathlib import Path
from typing import Any

from bbic_bridge.contracts.xml import Element, parse_untrusted
from bbic_bridge.mappings.engine import Profile, load, shipped

PROFILES = ("procapita/standard", "treserva/standard")
MESSAGES = [(profile, message) for profile in PROFILES for message in load(profile).messages]
CHILD = "201401012396"

OWN_TOML = """
schema = "journal.xsd"

[operation.skapa_aktanteckning]
element = "note"
lookup  = "none"
fields  = [
  { field = "referens",          path = "head/@ref" },
  { field = "barn.personnummer", path = "head/child/@number", type = "personnummer" },
  { field = "barn.skydd",        path = "head/child/.", type = "code", codes = "skydd" },
  { path = "head/source",        type = "constant", value = "bbic-bridge" },
  { field = "anteckning_id",     path = "body/id" },
  { field = "handelsetid",       path = "body/at", type = "datetime", local = true },
  { field = "rubrik",            path = "body/title" },
  { field = "text",              path = "body/text" },
  { field = "forfattare",        path = "body/author", type = "code", codes = "forfattare" },
  { field = "deltagare",         path = "body/who/@name", many = true },
  { field = "vendor.beslut",     path = "body/decision", type = "decimal", optional = true },
]

[operation.skapa_aktanteckning.unmapped]
arende      = "journalen har inga ärenden"
"barn.namn" = "journalen slår upp namnet själv"

[message.kvittens]
element = "done"
fields  = [
  { field = "referens", path = "@ref" },
  { field = "tid",      path = "@at", type = "datetime" },
  { field = "lankar",   path = "link", each = [
    { field = "kind",      path = "@kind", type = "code", codes = "lank" },
    { field = "our_id",    path = "@ours" },
    { field = "vendor_id", path = "." },
  ] },
]

[codes.skydd]
ingen = "open"
okand = "closed"

[codes.forfattare]
"Karin Handläggare" = "KH01"

[codes.lank]
anteckning = "note"
"""

OWN_XSD = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:attribute name="ref" type="xs:string"/>
  <xs:group name="source">
    <xs:sequence><xs:element name="source" type="xs:string"/></xs:sequence>
  </xs:group>
  <xs:complexType name="base">
    <xs:sequence>
      <xs:element name="id" type="xs:string"/>
      <xs:element name="at" type="xs:dateTime"/>
    </xs:sequence>
  </xs:complexType>
  <xs:element name="text" type="xs:string"/>
  <xs:element name="note">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="head">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="child">
                <xs:complexType>
                  <xs:simpleContent>
                    <xs:extension base="xs:string">
                      <xs:attribute name="number" type="xs:string" use="required"/>
                    </xs:extension>
                  </xs:simpleContent>
                </xs:complexType>
              </xs:element>
              <xs:group ref="source"/>
            </xs:sequence>
            <xs:attribute ref="ref" use="required"/>
          </xs:complexType>
        </xs:element>
        <xs:element name="body">
          <xs:complexType>
            <xs:complexContent>
              <xs:extension base="base">
                <xs:sequence>
                  <xs:element name="author" type="xs:string"/>
                  <xs:element name="title" type="xs:string"/>
                  <xs:choice>
                    <xs:element ref="text"/>
                    <xs:element name="picture" type="xs:base64Binary"/>
                  </xs:choice>
                  <xs:element name="who" minOccurs="0" maxOccurs="9">
                    <xs:complexType><xs:attribute name="name" use="required"/></xs:complexType>
                  </xs:element>
                  <xs:element name="decision" type="xs:decimal" minOccurs="0" nillable="true"/>
                </xs:sequence>
              </xs:extension>
            </xs:complexContent>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:element name="done">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="link" minOccurs="0" maxOccurs="unbounded">
          <xs:complexType>
            <xs:simpleContent>
              <xs:extension base="xs:string">
                <xs:attribute name="kind" type="xs:string" use="required"/>
                <xs:attribute name="ours" type="xs:string" use="required"/>
              </xs:extension>
            </xs:simpleContent>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
      <xs:attribute ref="ref" use="required"/>
      <xs:attribute name="at" type="xs:dateTime" use="required"/>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""

OWN_NOTE = {
    "referens": "R-1",
    "barn": {"personnummer": CHILD, "skydd": "ingen"},
    "anteckning_id": "N-1",
    "handelsetid": "2026-07-01T10:00:00+02:00",
    "rubrik": "Hembesök",
    "text": "Det gick bra.",
    "forfattare": "Karin Handläggare",
    "deltagare": ["Alva Exempel", "Bo Exempel"],
    "vendor": {"beslut": "12.50"},
}


def write_own(folder: Path, toml: str = OWN_TOML, xsd: str = OWN_XSD) -> Path:
    """A profile folder with these files; its path."""
    own = folder / "journal"
    own.mkdir()
    (own / "profile.toml").write_text(toml, encoding="utf-8")
    (own / "journal.xsd").write_text(xsd.strip(), encoding="utf-8")
    return own


def example(profile: str, message: str) -> Any:
    """The data of a shipped example; a new copy each time."""
    return json.loads(_file(profile, message, "json").read_text(encoding="utf-8"))


def example_xml(profile: str, message: str) -> Element:
    """The XML of a shipped example."""
    return parse_untrusted(_file(profile, message, "xml").read_bytes())


def own_profile(folder: Path) -> Profile:
    """The kommun's own profile, loaded."""
    write_own(folder)
    return load("journal", folder)


def _file(profile: str, message: str, suffix: str) -> Path:
    return shipped()[profile] / "examples" / f"{message.replace('/', '.')}.{suffix}"

"""Building and reading messages: what is refused, and how an error says where."""

import copy
import time
from typing import Any

import pytest
from lxml import etree

from bbic_bridge.contracts.xml import XmlRefused, parse_untrusted
from bbic_bridge.mappings.engine import MappingError, load
from tests.mappings.cases import CHILD, MESSAGES, PROFILES, example, example_xml

PROCAPITA, TRESERVA = PROFILES
PLAN = b"<Andring><NyPlan>" + b"<Malpunkt/>" * 900 + b"</NyPlan></Andring>"
SECRET = "Hemliga Uppgiften"


def with_value(data: Any, path: str, value: Any) -> Any:
    """A copy of the data with one value changed; ``mal.0.text`` goes into lists."""
    changed = copy.deepcopy(data)
    *outer, last = path.split(".")
    node = changed
    for step in outer:
        node = node[int(step) if step.isdigit() else step]
    node[int(last) if last.isdigit() else last] = value
    return changed


def build_error(profile: str, message: str, path: str, value: Any) -> MappingError:
    with pytest.raises(MappingError) as caught:
        load(profile).build(message, with_value(example(profile, message), path, value))
    return caught.value


BAD = [
    ("registrera_beslut", "fran", None, "fran", "is missing"),
    ("registrera_beslut", "barn.namn", None, "barn.namn", "is missing"),
    ("registrera_beslut", "barn", None, "barn.personnummer", "is missing"),
    ("registrera_beslut", "barn", SECRET, "barn.personnummer", "not an object"),
    ("registrera_beslut", "barn.personnummer", CHILD[2:], "barn.personnummer", "12 characters"),
    ("registrera_beslut", "insatstyp", "lagerskola", "insatstyp", "no code in the table"),
    ("registrera_beslut", "insatstyp", ["hvb"], "insatstyp", "no code in the table"),
    ("registrera_beslut", "fran", "2026-02-30", "fran", "is not a date"),
    ("registrera_beslut", "fran", "20260301", "fran", "is not a date"),
    ("registrera_beslut", "fran", 20260301, "fran", "is not a text"),
    ("registrera_beslut", "motivering", "", "motivering", "shorter than the schema"),
    ("registrera_beslut", "motivering", "x" * 20_001, "motivering", "longer than the schema"),
    ("registrera_beslut", "motivering", SECRET + "\x0b", "motivering", "XML cannot carry"),
    ("registrera_beslut", "motivering", SECRET + "\ud800", "motivering", "XML cannot carry"),
    ("registrera_beslut", "beslut_id", SECRET, "beslut_id", "the schema's pattern"),
    ("registrera_beslut", "vendor.ersatter", SECRET, "vendor.ersatter", "the schema's pattern"),
    ("tilldela_resurs", "omfattning", 101, "omfattning", "more than the schema"),
    ("tilldela_resurs", "omfattning", 0, "omfattning", "less than the schema"),
    ("tilldela_resurs", "omfattning", True, "omfattning", "not a whole number"),
    ("tilldela_resurs", "omfattning", "50", "omfattning", "not a whole number"),
    ("vidarebefordra_uppdrag", "behov_av_sip", "ja", "behov_av_sip", "not true or false"),
    ("vidarebefordra_uppdrag", "mal", SECRET, "mal", "is not a list"),
    ("vidarebefordra_uppdrag", "mal.1.text", None, "mal[1].text", "is missing"),
    ("vidarebefordra_uppdrag", "mal.1.text", "", "mal[1].text", "shorter than the schema"),
    ("vidarebefordra_uppdrag", "mal.1", SECRET, "mal[1].mal_id", "not an object"),
    ("vidarebefordra_uppdrag", "mal.0.omraden.1", None, "mal[0].omraden[1]", "is missing"),
    ("vidarebefordra_uppdrag", "foraldrar.1.skydd", "x", "foraldrar[1].skydd", "no code"),
    ("skapa_aktanteckning", "deltagare.2", "", "deltagare[2]", "shorter than the schema"),
    ("skapa_aktanteckning", "handelsetid", "2026-09-16T14:00:00", "handelsetid", "no time zone"),
    ("skapa_aktanteckning", "handelsetid", SECRET, "handelsetid", "not a date and time"),
]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("message", "path", "value", "field", "problem"), BAD)
def test_a_value_that_cannot_be_sent_is_named_and_never_quoted(
    profile: str, message: str, path: str, value: Any, field: str, problem: str
) -> None:
    error = build_error(profile, message, path, value)
    assert (error.profile, error.message, error.field) == (profile, message, field)
    assert problem in error.problem
    told = f"{error} {error.args} {error.__cause__}"
    assert SECRET not in told
    assert CHILD[2:] not in told
    assert told.startswith(f"profile {profile}, message {message}, field {field}: ")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_list_that_must_hold_something_may_not_be_empty(profile: str) -> None:
    error = build_error(profile, "vidarebefordra_uppdrag", "mal", [])
    assert "is missing, misplaced or unknown in the schema" in error.problem


PROCAPITA_BAD = [
    ("KF", "KX", "insatstyp", "a code that the table does not know"),
    ("FBI", "bif", "beslutstyp", "does not follow the schema's pattern"),
    ("2026-09-15", "2026-09-31", "fran", "not of the type"),
    ("<Skydd>ING</Skydd>", "", "<Barn>", "expected: Skydd"),
    ("<Typ>FBI</Typ>", "<Typ>FBI</Typ><Ny/>", "<Beslut/Ny>", "expected: InsatsTyp"),
    ("<BeslutNr>", f"<BeslutNr x='{SECRET}'>", "<Ersatter/BeslutNr/@x>", "not know here"),
    ("201401012396", "201401012397", "barn.personnummer", "wrong check digit"),
    ("201401012396", "140101-2396", "barn.personnummer", "the schema's pattern"),
]
TRESERVA_BAD = [
    ('"420"', '"421"', "insatstyp", "a code that the table does not know"),
    ('"2026-09-15"', '"2026-09-31"', "fran", "not of the type"),
    ('skydd="0"', "", "barn.skydd", "the schema requires, and it is missing"),
    ('skydd="0"', f'skydd="0" x="{SECRET}"', "<Person/@x>", "not know here"),
    ("20140101-2396", "201401012396", "barn.personnummer", "the schema's pattern"),
    ("<Motivering>", "<Ny/><Motivering>", "<Ny>", "expected: Motivering"),
    ('egetId="B-1"', f'egetId="{SECRET}"', "beslut_id", "the schema's pattern"),
]


@pytest.mark.parametrize(
    ("profile", "old", "new", "field", "problem"),
    [(PROCAPITA, *row) for row in PROCAPITA_BAD] + [(TRESERVA, *row) for row in TRESERVA_BAD],
)
@pytest.mark.parametrize("enveloped", [False, True])
def test_what_is_received_wrong_is_named_and_never_quoted(
    profile: str, old: str, new: str, field: str, problem: str, enveloped: bool
) -> None:
    text = etree.tostring(example_xml(profile, "registrera_beslut"), encoding="unicode")
    assert old in text
    changed = text.replace(old, new, 1)
    if enveloped:
        changed = f"<e:Envelope xmlns:e='urn:e'><e:Header/><e:Body>{changed}</e:Body></e:Envelope>"
    root = parse_untrusted(changed.encode())
    element = root[1][0] if enveloped else root
    with pytest.raises(MappingError) as caught:
        load(profile).parse("registrera_beslut", element)
    assert caught.value.field == field
    assert problem in caught.value.problem
    assert SECRET not in str(caught.value)


def test_prefixes_make_no_difference() -> None:
    text = etree.tostring(example_xml(PROCAPITA, "registrera_beslut"), encoding="unicode")
    prefixed = text.replace("xmlns=", "xmlns:p=").replace("</", "</p:").replace("<p:/", "</")
    prefixed = prefixed.replace("<", "<p:").replace("<p:/p:", "</p:")
    enveloped = f"<e:E xmlns:e='urn:e' xmlns:p='urn:bbic-bridge:procapita:1'>{prefixed}</e:E>"
    element = parse_untrusted(enveloped.encode())[0]
    expected = example(PROCAPITA, "registrera_beslut")
    assert load(PROCAPITA).parse("registrera_beslut", element) == expected
    node = element.find(".//{*}InsatsTyp")
    assert node is not None
    node.text = "no code"
    with pytest.raises(MappingError, match="field insatstyp: does not follow"):
        load(PROCAPITA).parse("registrera_beslut", element)


@pytest.mark.parametrize(("profile", "message"), MESSAGES)
def test_a_message_is_recognised(profile: str, message: str) -> None:
    assert load(profile).message_of(example_xml(profile, message)) == message


@pytest.mark.parametrize("profile", PROFILES)
def test_another_message_is_not_read(profile: str) -> None:
    mapped = load(profile)
    with pytest.raises(MappingError, match="message fel: is another element"):
        mapped.parse("fel", example_xml(profile, "kvittens"))
    with pytest.raises(MappingError, match="another kind of change"):
        mapped.parse("andring/uppdrag_avbojt", example_xml(profile, "andring/uppdrag_aterkallat"))
    with pytest.raises(MappingError, match="no such message"):
        mapped.parse("felet", example_xml(profile, "fel"))
    with pytest.raises(MappingError, match="no message has this element"):
        mapped.message_of(parse_untrusted(b"<Kvittens/>"))


def test_a_change_of_an_unknown_kind_is_not_guessed() -> None:
    page = example_xml(PROCAPITA, "andringar")
    kinds = page.findall(".//{*}Handelse")
    kinds[1].text = "UppdragGlomt"
    with pytest.raises(MappingError, match=r"field andringar\[1\]\.kind: is a code that"):
        load(PROCAPITA).parse("andringar", page)
    with pytest.raises(MappingError, match="field kind: is a code that the table"):
        load(PROCAPITA).message_of(page[1])


def test_a_change_must_hold_what_its_kind_needs() -> None:
    page = example_xml(TRESERVA, "andringar")
    page[1].set("handelse", "uppdrag.fordelat")
    with pytest.raises(MappingError, match=r"field andringar\[1\]\.data.handlaggare: is missing"):
        load(TRESERVA).parse("andringar", page)


def test_a_wrong_element_with_a_prefix_of_its_own_is_named() -> None:
    element = example_xml(PROCAPITA, "registrera_beslut")
    beslut = element.find("{*}Beslut")
    assert beslut is not None
    etree.SubElement(beslut, "{urn:q}Ny", nsmap={"q": "urn:q"})
    with pytest.raises(MappingError, match="field <Beslut/Ny>: is missing, misplaced"):
        load(PROCAPITA).parse("registrera_beslut", parse_untrusted(etree.tostring(element)))


def test_the_right_one_of_several_is_named() -> None:
    element = example_xml(TRESERVA, "vidarebefordra_uppdrag")
    element.findall(".//{*}Omrade")[1].append(etree.Element("x"))
    with pytest.raises(MappingError, match=r"field mal\[0\].omraden\[1\]: "):
        load(TRESERVA).parse("vidarebefordra_uppdrag", element)
    element = example_xml(TRESERVA, "vidarebefordra_uppdrag")
    element.findall(".//{*}Malpunkt")[1].set("egetId", "?")
    with pytest.raises(MappingError, match=r"field mal\[1\].mal_id: "):
        load(TRESERVA).parse("vidarebefordra_uppdrag", element)


@pytest.mark.parametrize("items", [b"<Andring/>" * 1_000, PLAN * 50])
def test_the_worst_page_is_refused_in_bounded_time(items: bytes) -> None:
    body = b'<Andringar xmlns="urn:bbic-bridge:treserva:1">' + items + b"</Andringar>"
    start = time.process_time()
    with pytest.raises((MappingError, XmlRefused)):
        load(TRESERVA).parse("andringar", parse_untrusted(body))
    assert time.process_time() - start < 10


def test_an_unknown_kind_of_change_is_not_built() -> None:
    page = with_value(example(TRESERVA, "andringar"), "andringar.1.kind", "uppdrag_glomt")
    with pytest.raises(MappingError, match=r"field andringar\[1\]\.kind: is a kind of change"):
        load(TRESERVA).build("andringar", page)
    page = with_value(page, "andringar.1.kind", ["uppdrag_mottaget"])
    with pytest.raises(MappingError, match=r"field andringar\[1\]\.kind"):
        load(TRESERVA).build("andringar", page)
    page = with_value(page, "andringar.1", SECRET)
    with pytest.raises(MappingError, match=r"field andringar\[1\]\.kind"):
        load(TRESERVA).build("andringar", page)


@pytest.mark.parametrize("profile", PROFILES)
def test_an_optional_value_is_left_out_and_a_list_is_always_there(profile: str) -> None:
    data = example(profile, "vidarebefordra_uppdrag")
    for name in ("tolkbehov", "andra_huvudman", "ersatter", "vendor"):
        data[name] = None
    data["foraldrar"] = data["kontaktuppgifter"] = None
    mapped = load(profile)
    element = mapped.build("vidarebefordra_uppdrag", data)
    read = mapped.parse("vidarebefordra_uppdrag", element)
    assert not {"tolkbehov", "andra_huvudman", "ersatter", "vendor"} & set(read)
    assert read["foraldrar"] == read["kontaktuppgifter"] == []


def test_bytes_are_utf8_with_a_declaration() -> None:
    mapped = load(PROCAPITA)
    data = with_value(example(PROCAPITA, "fel"), "text", "Åäö €")
    body = mapped.to_bytes(mapped.build("fel", data))
    assert body.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert "Åäö €".encode() in body
    assert mapped.parse("fel", parse_untrusted(body)) == data


def test_a_text_is_carried_byte_for_byte() -> None:
    text = "  Rad ett\r\nRad två\t&amp; <mål> ]]> \N{NO-BREAK SPACE}é e\N{COMBINING ACUTE ACCENT}\n"
    for profile in PROFILES:
        mapped = load(profile)
        data = with_value(example(profile, "registrera_beslut"), "motivering", text)
        data["beslutsfattare"] = "Siv\r\n\tBeslutsfattare "
        body = mapped.to_bytes(mapped.build("registrera_beslut", data))
        assert mapped.parse("registrera_beslut", parse_untrusted(body)) == data


def test_lookups_effects_and_what_the_vendor_can_do() -> None:
    procapita, treserva = load(PROCAPITA), load(TRESERVA)
    by_key = {"registrera_beslut", "verkstall_beslut", "tilldela_resurs"}
    for operation in (*by_key, "avsluta_insats_och_resurs"):
        assert procapita.lookup(operation) == "natural_key"
        assert treserva.lookup(operation) == "reference"
    assert procapita.lookup("skapa_aktanteckning") == "reference"
    assert procapita.effects("avsluta_insats_och_resurs") == ("resurs", "insats")
    assert procapita.effects("registrera_beslut") == (None,)
    assert (procapita.honours_key, treserva.honours_key) == (False, True)
    assert (procapita.changes_feed, treserva.changes_feed) == (True, True)
    with pytest.raises(MappingError, match="no such operation"):
        procapita.lookup("glom_beslut")


def test_tables_translate_both_ways() -> None:
    mapped = load(PROCAPITA)
    assert mapped.code("insatstyp", "hvb") == "HVB"
    assert mapped.uncode("insatstyp", "KF") == "kontaktfamilj"
    text = "Fortsatt bistånd - Särskilt kvalificerad kontaktperson"
    word = "fortsatt_bistand/sarskilt_kvalificerad_kontaktperson"
    assert mapped.code("Decision.Type", word) == text
    assert mapped.uncode("Decision.Type", text) == word


@pytest.mark.parametrize("table", ["Decision.Type", "insatstyp", "inte_en_tabell"])
def test_an_unknown_word_or_text_is_an_error_that_does_not_quote_it(table: str) -> None:
    for translate in (load(PROCAPITA).code, load(PROCAPITA).uncode):
        with pytest.raises(MappingError) as caught:
            translate(table, SECRET)
        assert caught.value.message == table
        assert SECRET not in str(caught.value)

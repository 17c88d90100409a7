"""A profile that is wrong is refused when it is loaded, with the file and the key."""

from pathlib import Path

import pytest

from bbic_bridge import contracts
from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.mappings.engine import ProfileError, load, shipped
from tests.mappings.cases import OWN_TOML, OWN_XSD, PROFILES, write_own

NOTE = "operation.skapa_aktanteckning"
TITLE = '{ field = "rubrik",            path = "body/title" }'
TEXT = '{ field = "text",              path = "body/text" }'
AUTHOR = 'path = "body/author", type = "code", codes = "forfattare"'
UNMAPPED = 'arende      = "journalen har inga ärenden"'


def load_error(folder: Path, toml: str = OWN_TOML, xsd: str = OWN_XSD) -> ProfileError:
    write_own(folder, toml, xsd)
    with pytest.raises(ProfileError) as caught:
        load("journal", folder)
    assert caught.value.file == folder / "journal" / "profile.toml"
    assert str(caught.value).startswith(f"{caught.value.file}: ")
    return caught.value


def row(field: str, message: str = NOTE) -> str:
    return f'{message}.fields["{field}"]'


WRONG = [
    # What stands in the file at all
    ('schema = "journal.xsd"', "", "schema", "Field required"),
    ('schema = "journal.xsd"', 'schema = "other.xsd"', "schema", "cannot be read"),
    ('schema = "journal.xsd"', 'schema = "../x.xsd"', "schema", "a file beside the profile"),
    ('schema = "journal.xsd"', 'schema = "contract:x.xsd"', "schema", "cannot be read"),
    ('schema = "journal.xsd"', 'schema = "contract:treserva.xsd"', "namespace", "target"),
    ('lookup  = "none"', 'lookup  = "guess"', f"{NOTE}.lookup", "Input should be"),
    ('lookup  = "none"', "", f"{NOTE}.lookup", "Field required"),
    ('element = "note"', "", f"{NOTE}.element", "Field required"),
    ('element = "note"', 'element = "notes"', f"{NOTE}.element", "notes is not in the schema"),
    ('element = "note"', 'element = "note"\ncolour = 1', f"{NOTE}.colour", "Extra inputs"),
    ('element = "note"', 'element = "note"\nparts = ["x"]', f"{NOTE}.parts", "no parts.x"),
    ("[message.kvittens]", "[message.kvitto]", "message.kvitto", "no such message"),
    ("[message.kvittens]", "[operation.kvittens]", "operation.kvittens.lookup", "required"),
    # Rows: keys and options
    (TITLE, '{ field = "rubrik", pth = "x" }', row("rubrik") + ".path", "Field required"),
    (TITLE, '{ path = "body/title" }', row("body/title"), '"field" is missing'),
    (TITLE, TITLE.replace("}", ', type = "string" }'), row("rubrik") + ".type", "Input should be"),
    (TITLE, TITLE.replace("}", ", optional = 1 }"), row("rubrik") + ".optional", "valid boolean"),
    (TITLE, TITLE.replace("}", ', codes = "skydd" }'), row("rubrik"), 'belongs to type = "code"'),
    (TITLE, TITLE.replace("}", ", local = true }"), row("rubrik"), 'belongs to type = "datetime"'),
    (TITLE, TITLE.replace("}", ', value = "x" }'), row("rubrik"), 'belongs to type = "constant"'),
    (TITLE, TITLE.replace("}", ', words = { true = "J" } }'), row("rubrik"), 'type = "bool"'),
    (AUTHOR, AUTHOR.replace("forfattare", "saknas"), row("forfattare"), "no code table codes.sak"),
    (AUTHOR, AUTHOR.replace(', codes = "forfattare"', ""), row("forfattare"), 'needs "codes"'),
    ('value = "bbic-bridge"', 'value = ""', row("head/source"), 'needs "value" and no "field"'),
    (TITLE, TITLE.replace("}", ', type = "bool", words = { true = "J" } }'), row("rubrik"), "two"),
    ('path = "link", each', 'path = "link", optional = true, each', "lankar", "has only"),
    # Rows: what we mean by the field
    ('field = "rubrik"', 'field = "rubriken"', row("rubriken"), "no such field"),
    ('field = "rubrik"', 'field = "text"', row("text"), "is mapped twice"),
    ('path = "body/title"', 'path = "body/title", type = "date"', row("rubrik"), "is a text"),
    ('type = "datetime", local = true', 'type = "date"', row("handelsetid"), "is a datetime"),
    (', type = "datetime", local = true', "", row("handelsetid"), 'type = "text" cannot'),
    (', type = "personnummer"', "", row("barn.personnummer"), 'type = "text" cannot'),
    (TITLE, TITLE.replace("}", ", optional = true }"), row("rubrik"), "cannot be optional"),
    (", many = true", "", row("deltagare"), 'needs "many = true"'),
    (TITLE, TITLE.replace("}", ", many = true }"), row("rubrik"), "other fields have none"),
    (TITLE, TITLE.replace("}", ", changes = true }"), row("rubrik"), "belongs to the field andr"),
    (TITLE, TITLE.replace("}", ', each = [{ path = "." }] }'), row("rubrik"), "other fields have"),
    ('[codes.skydd]\ningen = "open"', '[codes.skydd]\noppen = "open"', row("barn.skydd"), "oppen"),
    # Rows: places in the schema
    ("body/title", "body/tilte", row("rubrik"), "tilte is not there in the schema"),
    ("body/title", "bdy/title", row("rubrik"), "bdy is not there in the schema"),
    ("body/title", "body/@title", row("rubrik"), "attribute @title is not in the schema"),
    ("body/title", "body/text", row("text"), "taken by another row"),
    ("body/title", "body", row("rubrik"), "holds elements, not text"),
    ("body/title", "body/.", row("rubrik"), "holds elements, not text"),
    ("body/title", "body/who", row("rubrik"), "may come several times, but this is one value"),
    ("body/title", "body/who/@name", row("rubrik"), 'use "each" or "many"'),
    ("body/who/@name", "body/title", row("deltagare"), "comes at most once in the schema"),
    ("body/who/@name", "body/who", row("deltagare"), "holds elements, not text"),
    ("head/child/.", "head/child", row("barn.skydd"), "holds other rows; write child/."),
    ("body/decision", "body/title/@x", row("vendor.beslut"), "write that as title/."),
    (TEXT + ",", "", NOTE, 'fields["text"]: is neither mapped nor listed'),
    # The schema's demands, and completeness
    (
        '{ path = "head/source",        type = "constant", value = "bbic-bridge" },',
        "",
        NOTE,
        "source",
    ),
    (UNMAPPED, "", row("arende"), "neither mapped nor listed under unmapped"),
    (UNMAPPED, UNMAPPED + '\nrubrik = "x"', row("rubrik"), "it may not be mapped"),
    (UNMAPPED, 'arende = " "', row("arende"), "needs a reason"),
    (UNMAPPED, UNMAPPED + '\nfarg = "x"', row("farg"), "there is no such field"),
    ('{ field = "referens", path = "@ref" },', "", "message.kvittens", "requires @ref"),
    ('  { field = "our_id",    path = "@ours" },', "", row("lankar", "message.kvittens"), "@ours"),
    ('field = "our_id"', 'field = "our"', row("lankar.our", "message.kvittens"), "no such field"),
    # Tables
    ('okand = "closed"', 'okand = "open"', "codes.skydd", "one code to two of our words"),
    ('okand = "closed"', "okand = 9", "codes.skydd.okand", "valid string"),
    ("[codes.lank]", "[texts.lank]\na='b'\n[codes.lank]", "texts.lank", "two tables"),
    ("[codes.lank]", '[texts."Service.Type"]\na="b"\n[codes.lank]', "texts.Service.Type", "['a']"),
    ("[codes.lank]", "[texts.x]\na='b'\n[codes.lank]", "texts.x", "is not a field with display"),
    ("[codes.lank]", "[change.uppdrag_mottaget]\n[codes.lank]", "change.uppdrag_mottaget", "needs"),
]


@pytest.mark.parametrize(("old", "new", "key", "problem"), WRONG)
def test_a_mistake_is_found_and_named(
    old: str, new: str, key: str, problem: str, tmp_path: Path
) -> None:
    assert old in OWN_TOML
    error = load_error(tmp_path, OWN_TOML.replace(old, new, 1))
    assert problem in str(error)
    assert key in str(error)


def test_the_profile_that_the_mistakes_are_made_in_is_right(tmp_path: Path) -> None:
    write_own(tmp_path)
    assert load("journal", tmp_path).messages == ("kvittens", "skapa_aktanteckning")


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("a = ", "is not TOML: Invalid value (at end of document)"),
        (OWN_TOML + "\n[codes.skydd]\nx = 'y'", "is not TOML: Cannot declare"),
    ],
)
def test_what_is_not_toml_is_refused_with_its_place(
    toml: str, problem: str, tmp_path: Path
) -> None:
    assert load_error(tmp_path, toml).problem.startswith(problem)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '<xs:attribute name="ref" type="xs:string"/>',
            "<xs:include schemaLocation='x'/>",
            "include",
        ),
        ('<xs:attribute name="ref" type="xs:string"/>', "<xs:import namespace='x'/>", "xs:import"),
        ("<xs:schema ", "<!DOCTYPE x><xs:schema ", "doctype"),
        ("schema", "scheme", "the root element is not xs:schema"),
        ('ref="source"', 'ref="sauce"', "cannot be used"),
        ("<xs:choice>", "<xs:sequence>", "cannot be read"),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused(
    old: str, new: str, problem: str, tmp_path: Path
) -> None:
    error = load_error(tmp_path, xsd=OWN_XSD.replace(old, new))
    assert error.key == "schema"
    assert problem in error.problem


def test_a_name_in_two_places_of_one_element_is_not_guessed(tmp_path: Path) -> None:
    author = '<xs:element name="author" type="xs:string"/>'
    xsd = OWN_XSD.replace(author, author + author.replace("author", "title"))
    assert "title may stand in two places" in str(load_error(tmp_path, xsd=xsd))


def test_what_the_schema_does_not_say_clearly_is_told_of_the_message(tmp_path: Path) -> None:
    double = '<xs:element name="link"/><xs:element name="x"/><xs:element name="link"/>'
    xsd = OWN_XSD.replace('<xs:element name="link" ', f'{double}<xs:element name="link" ')
    toml = OWN_TOML.partition("[message.kvittens]")
    empty = '[message.kvittens]\nelement = "done"\n'
    error = load_error(tmp_path, toml[0] + empty + toml[2].partition("\n]\n")[2], xsd)
    assert (error.key, error.problem) == (
        "message.kvittens",
        "element link may stand in two places of one element",
    )


def test_a_page_of_changes_needs_changes(tmp_path: Path) -> None:
    text = (shipped()["treserva/standard"] / "profile.toml").read_text(encoding="utf-8")
    head, rest = text.split("[changes]")
    error = load_error(tmp_path, head + "[codes.skydd]" + rest.partition("[codes.skydd]")[2])
    assert error.key == row("andringar", "message.andringar")
    assert error.problem == "needs at least one [change.…] in the profile"


def test_an_optional_row_may_not_fill_what_the_schema_requires(tmp_path: Path) -> None:
    xsd = OWN_XSD.replace('type="xs:decimal" minOccurs="0"', 'type="xs:decimal"')
    error = load_error(tmp_path, xsd=xsd)
    assert error.key == row("vendor.beslut")
    assert error.problem == "the schema requires body/decision: it cannot be optional"


def test_an_operation_that_does_not_exist(tmp_path: Path) -> None:
    toml = OWN_TOML.replace("skapa_aktanteckning", "skapa_anteckning")
    error = load_error(tmp_path, toml)
    assert (error.key, error.problem) == (
        "operation.skapa_anteckning",
        "there is no such message",
    )


def test_both_effects_are_needed_with_the_same_lookup(tmp_path: Path) -> None:
    source = shipped()["treserva/standard"] / "profile.toml"
    text = source.read_text(encoding="utf-8")
    head, _, tail = text.partition('element = "InsatsAvslut"\nlookup  = "reference"')
    changed = head + 'element = "InsatsAvslut"\nlookup  = "none"' + tail
    error = load_error(tmp_path, changed)
    assert error.key == "operation.avsluta_insats_och_resurs"
    assert "with the same lookup" in error.problem


def test_two_messages_cannot_have_one_element(tmp_path: Path) -> None:
    fields = '[{ field = "referens", path = "@ref" }]'
    extra = f'[message.hamta_kvittens]\nelement = "done"\nfields = {fields}'
    xsd = OWN_XSD.replace(
        'name="at" type="xs:dateTime" use="required"', 'name="at" type="xs:dateTime"'
    )
    error = load_error(tmp_path, f"{OWN_TOML}\n{extra}", xsd)
    assert "hamta_kvittens and kvittens have the same element" in error.problem


def test_a_change_tells_its_kind_on_its_own_element(tmp_path: Path) -> None:
    source = shipped()["treserva/standard"] / "profile.toml"
    text = source.read_text(encoding="utf-8")
    wrong = text.replace('kind_path  = "@handelse"', 'kind_path  = "NyResurs/@handelse"')
    wrong = wrong.replace("contract:treserva.xsd", "journal.xsd")
    moved = '<xs:attribute name="handelse" type="handelse" use="required"/>'
    xsd = contracts.path("treserva.xsd").read_text(encoding="utf-8").replace(moved, "")
    first = (
        '<xs:attribute name="resursId" type="egetId" use="required"/>\n            <xs:attribute'
    )
    assert first in xsd
    error = load_error(tmp_path, wrong, xsd.replace(first, moved + first))
    assert (error.key, error.problem) == (
        "changes.kind_path",
        "must be an attribute or a child of the change",
    )


@pytest.mark.parametrize("name", ["", "../x", "A/b", "a/b/c", "a b", "a/", "/etc"])
def test_a_name_is_not_a_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="a name is"):
        load(name, tmp_path)


def test_a_profile_that_does_not_exist(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        with pytest.raises(ConfigurationError, match="there is no profile journal"):
            load("journal", folder)


def test_what_an_answer_must_tell_cannot_be_unmapped(tmp_path: Path) -> None:
    tid = '{ field = "tid",      path = "@at", type = "datetime" },'
    toml = OWN_TOML.replace(tid, "") + '\n[message.kvittens.unmapped]\ntid = "okänd"\n'
    optional = OWN_XSD.replace('type="xs:dateTime" use="required"', 'type="xs:dateTime"')
    error = load_error(tmp_path, toml, optional)
    assert error.key == row("tid", "message.kvittens")
    assert error.problem == "the bridge always needs this field: it cannot be unmapped"


def test_a_type_of_ones_own_may_have_the_name_of_a_built_in_one(tmp_path: Path) -> None:
    own = '<xs:complexType name="string"><xs:sequence/></xs:complexType>'
    xsd = OWN_XSD.replace('<xs:complexType name="base">', f'{own}<xs:complexType name="base">')
    write_own(tmp_path, xsd=xsd)
    assert load("journal", tmp_path)


def test_the_shipped_profiles_are_loaded_once() -> None:
    assert tuple(shipped()) == PROFILES
    for name in PROFILES:
        assert load(name) is load(name)

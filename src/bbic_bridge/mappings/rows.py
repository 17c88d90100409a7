"""Checks of single rows of a profile, and the codec that each row gets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bbic_bridge.mappings import codecs
from bbic_bridge.mappings.codecs import Codec
from bbic_bridge.mappings.definition import FieldDef
from bbic_bridge.mappings.shapes import Shape

Fail = Callable[[str], Exception]
"""Makes the error for a problem; knows the file and the key."""

_ACCEPTS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"text", "code", "decimal"}),
    "code": frozenset({"code"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"datetime"}),
    "int": frozenset({"int"}),
    "bool": frozenset({"bool"}),
    "personnummer": frozenset({"personnummer"}),
}
_OF_LISTS = {"field", "path", "each", "changes"}
_OPTIONS: Mapping[str, str] = {
    "codes": "code",
    "value": "constant",
    "format": "personnummer",
    "local": "datetime",
    "words": "bool",
}


@dataclass(frozen=True, slots=True)
class Tables:
    """All code tables of a profile, by name."""

    codes: Mapping[str, Mapping[str, str]]

    def codec(self, row: FieldDef, fail: Fail) -> Codec:
        """The codec of a row whose options have been checked."""
        simple = {
            "text": codecs.TEXT,
            "date": codecs.DATE,
            "datetime": codecs.LOCAL_DATETIME if row.local else codecs.DATETIME,
            "int": codecs.INT,
            "decimal": codecs.DECIMAL,
            "personnummer": codecs.DASHED_PERSONNUMMER if row.format else codecs.PERSONNUMMER,
        }
        if row.type in simple:
            return simple[row.type]
        if row.type == "bool":
            return codecs.bool_codec(row.words.get("true", ""), row.words.get("false", ""))
        if row.type == "constant":
            return codecs.constant_codec(row.value)
        if row.codes not in self.codes:
            raise fail(f"there is no code table codes.{row.codes}")
        return codecs.code_codec(self.codes[row.codes])


def check_options(row: FieldDef, fail: Fail) -> None:
    """Options stand only at the types they belong to, and where they must."""
    if row.each or row.changes:
        if row.model_fields_set - _OF_LISTS:
            raise fail('a list has only "field", "path" and "each" or "changes"')
        return
    for option, owner in _OPTIONS.items():
        if getattr(row, option) and row.type != owner:
            raise fail(f'"{option}" belongs to type = "{owner}"')
    if row.type == "code" and not row.codes:
        raise fail('type = "code" needs "codes", the name of a table')
    if row.type == "constant" and (not row.value or row.field):
        raise fail('type = "constant" needs "value" and no "field"')
    if row.type != "constant" and not row.field:
        raise fail('"field" is missing')
    if row.words and not _two_words(row.words.get("true"), row.words.get("false")):
        raise fail('"words" needs two different words, one for true and one for false')


def _two_words(yes: str | None, no: str | None) -> bool:
    return bool(yes) and bool(no) and yes != no


def check_shape(row: FieldDef, shape: Shape, tables: Tables, fail: Fail) -> None:
    """A row agrees with what the bridge means by the field."""
    _check_repetition(row, shape, fail)
    if row.each or row.changes:
        return
    if row.type not in _ACCEPTS[shape.type]:
        raise fail(f'is a {shape.type}; type = "{row.type}" cannot carry it')
    if shape.required and row.optional:
        raise fail("the bridge always needs this field: it cannot be optional")
    strange = set(tables.codes.get(row.codes, ())) - shape.values if shape.values else set()
    if strange:
        raise fail(f"codes.{row.codes} holds words that the field never has: {sorted(strange)}")


def _check_repetition(row: FieldDef, shape: Shape, fail: Fail) -> None:
    if row.changes != (shape.type == "changes"):
        raise fail('"changes" belongs to the field andringar, and only there')
    if bool(row.each) != (shape.each is not None):
        raise fail('a list of objects needs "each"; other fields have none')
    if row.many != (shape.many and shape.each is None and shape.type != "changes"):
        raise fail('a list of plain values needs "many = true"; other fields have none')


def check_complete(
    rows: list[FieldDef],
    shapes: Mapping[str, Shape],
    unmapped: Mapping[str, str],
    fail: Callable[[str, str], Exception],
    *,
    answer: bool,
) -> None:
    """Every field is mapped or listed as unmapped with a reason, so that none is lost in silence.

    Args:
        answer: the vendor tells it to us; then what the bridge needs cannot be left out.
    """
    mapped = {row.field for row in rows}
    for name, reason in unmapped.items():
        in_list = any(name.startswith(f"{key}.") for key, shape in shapes.items() if shape.each)
        if name not in shapes and not in_list:
            raise fail(name, "is listed as unmapped, but there is no such field")
        if name in mapped or not reason.strip():
            raise fail(name, "is listed as unmapped: it may not be mapped, and needs a reason")
    for name, shape in shapes.items():
        if name in mapped or name.startswith("vendor."):
            continue
        if name not in unmapped:
            raise fail(name, "is neither mapped nor listed under unmapped with a reason")
        if answer and shape.required:
            raise fail(name, "the bridge always needs this field: it cannot be unmapped")
    for row in rows:
        inner = {
            name.removeprefix(f"{row.field}."): reason
            for name, reason in unmapped.items()
            if name.startswith(f"{row.field}.")
        }
        if row.each:
            each = shapes[row.field].each or {}
            check_complete(row.each, each, inner, fail, answer=answer)

"""From the rows of a profile to plans, checked against the XSD and against what we mean."""

from collections.abc import Mapping
from typing import NamedTuple

from bbic_bridge.contracts.xml import Element
from bbic_bridge.mappings.definition import FieldDef
from bbic_bridge.mappings.places import Fail, Places, Spot, Use
from bbic_bridge.mappings.plan import ChangesStep, ListStep, PlainItem, Plan, Step, ValueStep, Where
from bbic_bridge.mappings.rows import Tables, check_options, check_shape
from bbic_bridge.mappings.schema import Schema
from bbic_bridge.mappings.shapes import Shape

Shapes = Mapping[str, Shape]


class Changes(NamedTuple):
    """How a page's changes are told apart, and the plan of each kind."""

    kind: ValueStep
    plans: Mapping[str, Plan]


class Compiled(NamedTuple):
    """A plan, and what it uses of the schema (to name fields in the schema's errors)."""

    plan: Plan
    use: Use


class Compiler:
    """Compiles rows of one profile. Raises what ``fail`` makes for the first wrong row."""

    def __init__(self, schema: Schema, tables: Tables, fail: Fail) -> None:
        self._schema = schema
        self._tables = tables
        self._fail = fail

    def compile(
        self,
        declaration: Element,
        rows: list[FieldDef],
        shapes: Shapes,
        changes: Changes | None = None,
    ) -> Compiled:
        """The plan of an element.

        Args:
            declaration: the element in the XSD.
            rows: its rows; each field at most once.
            shapes: what the bridge means by each field.
            changes: for the message that holds changes.
        """
        places = Places(self._schema, declaration, self._fail)
        placed: list[tuple[tuple[int, ...], Step]] = []
        seen: set[str] = set()
        for row in rows:
            self._check(row, shapes, seen)
            placed.append(self._place(row, places, shapes, changes))
        places.check_filled()
        placed.sort(key=lambda pair: pair[0])
        plan = Plan(tuple(places.numbered), tuple(step for _, step in placed))
        return Compiled(plan, places.use)

    def _value(self, row: FieldDef, spot: Spot, where: Where, tag: str) -> ValueStep:
        """The step of a single value."""
        codec = self._tables.codec(row, lambda problem: self._fail(_name(row), problem))
        return ValueStep(
            name="" if row.many else _name(row),
            keys=() if row.many else _keys(row),
            parent=0 if row.many else spot.parent,
            where=where,
            tag=tag,
            encode=codec.encode,
            decode=codec.decode,
            required=not row.optional,
            fixed=row.type == "constant",
        )

    def _check(self, row: FieldDef, shapes: Shapes, seen: set[str]) -> None:
        def fail(problem: str) -> Exception:
            return self._fail(_name(row), problem)

        check_options(row, fail)
        if not row.field:
            return
        if row.field in seen:
            raise fail("is mapped twice")
        seen.add(row.field)
        if row.field not in shapes:
            raise fail("there is no such field in this message")
        check_shape(row, shapes[row.field], self._tables, fail)

    def _place(
        self, row: FieldDef, places: Places, shapes: Shapes, changes: Changes | None
    ) -> tuple[tuple[int, ...], Step]:
        if row.many:
            return self._plain_list(row, places)
        repeated = bool(row.each or row.changes)
        spot = places.find(_name(row), row.path, optional=row.optional, repeated=repeated)
        if row.each:
            return spot.turns, self._list(row, spot, shapes[row.field].each or {})
        if row.changes:
            if changes is None:
                raise self._fail(_name(row), "needs at least one [change.…] in the profile")
            step = ChangesStep(_name(row), spot.parent, spot.tag, *changes, _keys(row))
            return spot.turns, step
        return spot.turns, self._value(row, spot, spot.where, spot.tag)

    def _list(self, row: FieldDef, spot: Spot, shapes: Shapes) -> ListStep:
        def fail(field: str, problem: str) -> Exception:
            return self._fail(f"{row.field}.{field}" if field else row.field, problem)

        inner = Compiler(self._schema, self._tables, fail)
        compiled = inner.compile(spot.declaration, row.each, shapes)
        spot.use.inside = compiled.use.inside
        return ListStep(_name(row), _keys(row), spot.parent, spot.tag, compiled.plan)

    def _plain_list(self, row: FieldDef, places: Places) -> tuple[tuple[int, ...], Step]:
        """``Deltagare`` (the text of each) or ``Deltagare/@namn`` (an attribute of each)."""
        element, _, attribute = row.path.partition("/@")
        spot = places.find(row.field, element, optional=False, repeated=True)
        inside = Places(self._schema, spot.declaration, self._fail)
        last = f"@{attribute}" if attribute else "."
        own = inside.find(row.field, last, optional=False, repeated=False)
        inside.check_filled()
        spot.use.inside = {last: Use()}
        items = PlainItem(self._value(row, spot, own.where, own.tag))
        return spot.turns, ListStep(row.field, _keys(row), spot.parent, spot.tag, items)


def _name(row: FieldDef) -> str:
    return row.field or row.path


def _keys(row: FieldDef) -> tuple[str, ...]:
    return tuple(row.field.split(".")) if row.field else ()

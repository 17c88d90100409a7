"""Where the rows of one element stand in the XSD."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import NamedTuple

from bbic_bridge.contracts.xml import Element
from bbic_bridge.mappings.plan import Where
from bbic_bridge.mappings.schema import Place, Schema, SchemaError

Fail = Callable[[str, str], Exception]
"""Makes the error for a row (our field, or its path; empty for all of them) and a problem."""
_BEFORE_ELEMENTS = -1


@dataclass(slots=True)
class Use:
    """What rows use of an element, by local name, ``@name`` for attributes, ``.`` for its text.

    ``field`` is our name of it; an element that holds others has none.
    """

    field: str = ""
    optional: bool = False
    repeated: bool = False
    inside: "dict[str, Use]" = dataclass_field(default_factory=dict)


class Spot(NamedTuple):
    """A row's place: the numbered element it stands in, as what, and its turn in the schema."""

    parent: int
    where: Where
    tag: str
    turns: tuple[int, ...]
    use: Use
    declaration: Element


class _Container(NamedTuple):
    number: int
    turns: tuple[int, ...]
    declaration: Element
    use: Use


class Places:
    """Finds the places of rows and numbers the elements that hold them."""

    def __init__(self, schema: Schema, declaration: Element, fail: Fail) -> None:
        self._schema = schema
        self._fail = fail
        self.use = Use()
        self.numbered: list[tuple[int, str]] = []
        root = _Container(0, (), declaration, self.use)
        self._containers: dict[tuple[str, ...], _Container] = {(): root}

    def find(self, name: str, path: str, *, optional: bool, repeated: bool) -> Spot:
        """The place of one row. Raises what ``fail`` makes."""
        *outer, last = path.split("/")
        try:
            container = self._container(name, tuple(outer))
            spot = self._spot(name, container, last, repeated=repeated)
        except SchemaError as error:
            raise self._fail(name, str(error)) from None
        if last in container.use.inside:
            other = container.use.inside[last].field
            hint = "is taken by another row" if other else f"holds other rows; write {last}/."
            raise self._fail(name, f"the path {path} {hint}")
        container.use.inside[last] = spot.use
        spot.use.field, spot.use.optional, spot.use.repeated = name, optional, repeated
        return spot

    def check_filled(self) -> None:
        """Everything that the schema requires is filled by a row that is not optional."""
        self._check_filled(self._containers[()].declaration, self.use, "", certain=True)

    def _container(self, name: str, path: tuple[str, ...]) -> _Container:
        if path in self._containers:
            return self._containers[path]
        parent = self._container(name, path[:-1])
        place = self._place(name, parent, path[-1])
        if place.many:
            raise self._fail(name, f'{path[-1]} may come several times: use "each" or "many"')
        if parent.use.inside.get(path[-1], Use()).field:
            raise self._fail(name, f"{path[-1]} is a row of its own; write that as {path[-1]}/.")
        self.numbered.append((parent.number, place.tag))
        use = parent.use.inside.setdefault(path[-1], Use())
        turns = (*parent.turns, place.turn)
        found = _Container(len(self.numbered), turns, place.declaration, use)
        self._containers[path] = found
        return found

    def _spot(self, name: str, within: _Container, last: str, *, repeated: bool) -> Spot:
        declaration = within.declaration
        if repeated or not last.startswith((".", "@")):
            place = self._place(name, within, last)
            self._check_times(name, place, last, repeated=repeated)
            turns = (*within.turns, place.turn)
            return Spot(within.number, "element", place.tag, turns, Use(), place.declaration)
        turns = (*within.turns, _BEFORE_ELEMENTS)
        if last == ".":
            self._check_text(name, declaration)
            return Spot(within.number, "text", "", turns, Use(), declaration)
        attribute = self._schema.attributes(declaration).get(last[1:])
        if attribute is None:
            raise self._fail(name, f"the attribute {last} is not in the schema")
        return Spot(within.number, "attribute", attribute.name, turns, Use(), declaration)

    def _place(self, name: str, within: _Container, step: str) -> Place:
        place = self._schema.children(within.declaration).get(step)
        if place is None:
            raise self._fail(name, f"the element {step} is not there in the schema")
        return place

    def _check_times(self, name: str, place: Place, step: str, *, repeated: bool) -> None:
        if repeated and not place.many:
            raise self._fail(name, f"{step} comes at most once in the schema, but this is a list")
        if not repeated:
            if place.many:
                raise self._fail(name, f"{step} may come several times, but this is one value")
            self._check_text(name, place.declaration)

    def _check_text(self, name: str, declaration: Element) -> None:
        if not self._schema.has_text(declaration):
            raise self._fail(name, f"{declaration.get('name')} holds elements, not text")

    def _check_filled(self, declaration: Element, use: Use, path: str, *, certain: bool) -> None:
        """``certain``: the element itself is always there."""
        attributes = self._schema.attributes(declaration)
        children = self._schema.children(declaration)
        required = [f"@{name}" for name, attribute in attributes.items() if attribute.required]
        required += [name for name, place in children.items() if place.required]
        for step in required:
            if step not in use.inside:
                raise self._fail("", f"the schema requires {path}{step}, and no row fills it")
            if certain and use.inside[step].optional:
                problem = f"the schema requires {path}{step}: it cannot be optional"
                raise self._fail(use.inside[step].field, problem)
        for step, inner in use.inside.items():
            if step in children and not inner.field:
                place, inside = children[step], f"{path}{step}/"
                always = certain and place.required
                self._check_filled(place.declaration, inner, inside, certain=always)

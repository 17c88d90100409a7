"""Reads a profile's folder, checks all of it, and compiles every message."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from bbic_bridge import contracts
from bbic_bridge.contracts.xml import Element, XmlRefused, parse_untrusted
from bbic_bridge.handbook.uppgifter import EFFEKTER
from bbic_bridge.mappings.codecs import Codec, code_codec
from bbic_bridge.mappings.compile import Changes, Compiler
from bbic_bridge.mappings.definition import (
    ChangeDef,
    FieldDef,
    MessageDef,
    ProfileDef,
    read_definition,
)
from bbic_bridge.mappings.errors import ProfileError
from bbic_bridge.mappings.messages import (
    ANDRINGAR,
    OPERATIONER,
    OVRIGA,
    TEXTER,
    message_name,
)
from bbic_bridge.mappings.plan import Plan, ValueStep
from bbic_bridge.mappings.profile import Message, Profile
from bbic_bridge.mappings.rows import Tables, check_complete
from bbic_bridge.mappings.schema import Schema, SchemaError
from bbic_bridge.mappings.shapes import shape_of
from bbic_bridge.mappings.validation import Validator

PROFILE_FILE = "profile.toml"
_CONTRACT = "contract:"


def load_folder(name: str, folder: Path) -> Profile:
    """Loads the profile ``name`` from its folder.

    Raises:
        ProfileError: for the first thing wrong, naming the file and the key.
    """
    file = folder / PROFILE_FILE
    definition = read_definition(file)
    root = _read_schema(file, definition.schema_file)
    return _Loader(name, file, definition, root).load()


def _read_schema(file: Path, name: str) -> Element:
    """``contract:procapita.xsd`` is one of ours; anything else is a file beside the profile."""
    try:
        if name.startswith(_CONTRACT):
            path = contracts.path(name.removeprefix(_CONTRACT))
        elif Path(name).name == name:
            path = file.parent / name
        else:
            raise ProfileError(file, "schema", "must be a file beside the profile")
        return parse_untrusted(path.read_bytes())
    except (OSError, XmlRefused) as error:
        raise ProfileError(file, "schema", f"{name} cannot be read: {error}") from error


class _Loader:
    """Takes one profile through its checks; holds what the later ones need of the earlier."""

    def __init__(self, name: str, file: Path, definition: ProfileDef, root: Element) -> None:
        self._name = name
        self._file = file
        self._definition = definition
        self._messages: dict[str, Message] = {}
        self._kind: ValueStep | None = None
        try:
            self._schema = Schema(root)
            self._validator = Validator(root)
        except (SchemaError, etree.XMLSchemaParseError) as error:
            raise self._error("schema", f"cannot be used: {error}") from error

    def load(self) -> Profile:
        if self._schema.namespace != self._definition.namespace:
            raise self._error("namespace", "is not the schema's target namespace")
        tables = self._tables()
        for name, change in self._definition.change.items():
            self._add_change(name, change)
        for name, message in self._definition.message.items():
            self._add(f"message.{name}", name, message, known=name in OVRIGA)
        for name, operation in self._definition.operation.items():
            self._add(f"operation.{name}", name, operation, known=name in OPERATIONER)
        self._check_elements()
        self._check_effects()
        return Profile(
            self._name, self._definition, self._messages, tables, self._kind, self._validator
        )

    def _add_change(self, kind: str, change: ChangeDef) -> None:
        key, changes = f"change.{kind}", self._definition.changes
        if changes is None:
            raise self._error(key, "needs [changes], which says where a change tells its kind")
        row = FieldDef(field="kind", path=changes.kind_path, type="code", codes=changes.kind_codes)
        message = MessageDef(
            element=changes.element,
            parts=change.parts,
            fields=[row, *change.fields],
            unmapped=change.unmapped,
        )
        name = f"andring/{kind}"
        self._add(key, name, message, known=kind in ANDRINGAR)
        self._kind = self._kind_of(self._messages[name].plan)

    def _kind_of(self, plan: Plan) -> ValueStep:
        for step in plan.steps:
            if step.name == "kind" and isinstance(step, ValueStep) and step.parent == 0:
                return step
        raise self._error("changes.kind_path", "must be an attribute or a child of the change")

    def _add(self, key: str, name: str, message: MessageDef, *, known: bool) -> None:
        shapes = shape_of(name)
        if shapes is None or not known:
            raise self._error(key, "there is no such message")
        declaration = self._schema.root_element(message.element)
        if declaration is None:
            raise self._error(f"{key}.element", f"{message.element} is not in the schema")
        rows = list(self._rows(key, message))

        def fail(field: str, problem: str) -> ProfileError:
            return self._error(f'{key}.fields["{field}"]' if field else key, problem)

        compiler = Compiler(self._schema, Tables(self._definition.codes), fail)
        try:
            compiled = compiler.compile(declaration, rows, shapes, self._changes())
        except SchemaError as error:
            raise self._error(key, str(error)) from error
        answer = name not in OPERATIONER
        check_complete(rows, shapes, message.unmapped, fail, answer=answer)
        tag = self._schema.tag_of_root(message.element)
        self._messages[name] = Message(name, tag, *compiled)

    def _rows(self, key: str, message: MessageDef) -> Iterator[FieldDef]:
        for part in message.parts:
            if part not in self._definition.parts:
                raise self._error(f"{key}.parts", f"there is no parts.{part}")
            yield from self._definition.parts[part]
        yield from message.fields

    def _changes(self) -> Changes | None:
        if self._kind is None:
            return None
        plans = {
            name.removeprefix("andring/"): message.plan
            for name, message in self._messages.items()
            if name.startswith("andring/")
        }
        return Changes(self._kind, plans)

    def _tables(self) -> dict[str, Codec]:
        """Both kinds of table; each must be readable backwards without a choice."""
        found: dict[str, Codec] = {}
        for group in ("codes", "texts"):
            for name, table in getattr(self._definition, group).items():
                if len(set(table.values())) != len(table):
                    raise self._error(f"{group}.{name}", "gives one code to two of our words")
                if name in found:
                    raise self._error(f"{group}.{name}", "is the name of two tables")
                found[name] = code_codec(table)
        for name, table in self._definition.texts.items():
            strange = set(table) - TEXTER.get(name, frozenset())
            if strange:
                problem = f"is not a field with display texts, or never has: {sorted(strange)}"
                raise self._error(f"texts.{name}", problem)
        return found

    def _check_elements(self) -> None:
        seen: dict[str, str] = {}
        for name, message in self._messages.items():
            kind = name.partition("/")[0] if name.startswith("andring/") else name
            if seen.setdefault(message.tag, kind) != kind:
                problem = f"{name} and {seen[message.tag]} have the same element"
                raise self._error("", problem)

    def _check_effects(self) -> None:
        for operation, effects in EFFEKTER.items():
            parts = [message_name(operation, effect) for effect in effects]
            given = [self._definition.operation.get(part) for part in parts]
            if len({part.lookup if part else None for part in given}) > 1:
                raise self._error(
                    f"operation.{operation}", f"needs {' and '.join(parts)}, with the same lookup"
                )

    def _error(self, key: str, problem: str) -> ProfileError:
        return ProfileError(self._file, key, problem)

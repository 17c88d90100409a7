"""The TOML of a profile as it is written: a closed set of keys.

``docs/mapping.md`` explains every key to those who write profiles.
"""

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bbic_bridge.delivery.ports import Lookup
from bbic_bridge.mappings.errors import ProfileError

FieldType = Literal[
    "text", "date", "datetime", "int", "decimal", "bool", "code", "personnummer", "constant"
]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FieldDef(_Closed):
    """One row: our field, where it stands in the XML, and how it is written there."""

    field: str = ""
    path: str
    type: FieldType = "text"
    optional: bool = False
    codes: str = ""
    value: str = ""
    format: Literal["", "dashed"] = ""
    local: bool = False
    words: dict[Literal["true", "false"], str] = {}
    many: bool = False
    each: list["FieldDef"] = []
    changes: bool = False


class MessageDef(_Closed):
    """A message: its root element and its rows; ``parts`` are shared lists of rows."""

    element: str
    parts: list[str] = []
    fields: list[FieldDef] = []
    unmapped: dict[str, str] = {}


class OperationDef(MessageDef):
    """An operation, and how its effect is looked up after an uncertain outcome."""

    lookup: Lookup


class ChangesDef(_Closed):
    """Which element is a change, and where it tells its kind."""

    element: str
    kind_path: str
    kind_codes: str


class ChangeDef(_Closed):
    """The rows of one kind of change."""

    parts: list[str] = []
    fields: list[FieldDef] = []
    unmapped: dict[str, str] = {}


class WriteDef(_Closed):
    """What can be said of the vendor's writing side."""

    idempotency_key: bool = False


class ReadDef(_Closed):
    """What can be said of the vendor's reading side."""

    changes_feed: bool = False


class ProfileDef(_Closed):
    """The whole file."""

    title: str = ""
    namespace: str = ""
    schema_file: str = Field(alias="schema")
    write: WriteDef = WriteDef()
    read: ReadDef = ReadDef()
    parts: dict[str, list[FieldDef]] = {}
    operation: dict[str, OperationDef] = {}
    message: dict[str, MessageDef] = {}
    changes: ChangesDef | None = None
    change: dict[str, ChangeDef] = {}
    codes: dict[str, dict[str, str]] = {}
    texts: dict[str, dict[str, str]] = {}


def read_definition(file: Path) -> ProfileDef:
    """Reads a profile's TOML.

    Raises:
        ProfileError: naming the file and the key, for a missing file, bad TOML, an unknown key or
            a value of the wrong kind.
    """
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(file, "", f"cannot be read ({type(error).__name__})") from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(file, "", f"is not TOML: {error}") from error
    try:
        return ProfileDef.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ProfileError(file, _key(raw, first["loc"]), first["msg"]) from error


def _key(raw: Any, location: tuple[int | str, ...]) -> str:
    """``operation.x.fields["till"].codes``: rows are named by what they map, not by number."""
    key, node = "", raw
    for step in location:
        node = _step(node, step)
        if isinstance(step, int):
            row = node if isinstance(node, dict) else {}
            key += f'["{row.get("field") or row.get("path") or step}"]'
        else:
            key += f".{step}" if key else step
    return key


def _step(node: Any, step: int | str) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    return node[step] if isinstance(node, list) and isinstance(step, int) else None

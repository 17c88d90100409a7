"""docs/mapping-fields.md: every message and field, as the bridge means them."""

from collections.abc import Iterator, Mapping

from bbic_bridge.mappings.messages import ANDRINGAR, OPERATIONER, OVRIGA, TEXTER, VENDOR_IDS
from bbic_bridge.mappings.shapes import Shape, shape_of

HEAD = """# Fields of every message

Made by `python -m bbic_bridge.mappings` from the models that the bridge works with: do not edit.
[mapping.md](mapping.md) explains how a profile uses it. A profile maps every field of a message, or
lists it under `unmapped` with a reason. *Always* says that the bridge has or needs a value every
time, lists too, though they may be empty; the other fields are `optional = true`. The words of a
`code` are the left side of its table.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([HEAD, *_messages(), *_texts()])


def _messages() -> Iterator[str]:
    groups = {
        "operation": tuple(OPERATIONER),
        "message": tuple(OVRIGA),
        "change": tuple(f"andring/{kind}" for kind in ANDRINGAR),
    }
    vendor = ", ".join(f"`vendor.{key}`" for key in sorted(VENDOR_IDS))
    yield f"In any operation or change the vendor's own ids may be mapped, where known: {vendor}."
    for table, messages in groups.items():
        for message in messages:
            name = message.removeprefix("andring/")
            yield f"\n## `[{table}.{_quoted(name)}]`\n"
            yield "| field | type | always | words of the code |\n| --- | --- | --- | --- |"
            yield from _rows(shape_of(message) or {})


def _rows(shapes: Mapping[str, Shape], within: str = "") -> Iterator[str]:
    for name, shape in shapes.items():
        if name.startswith("vendor.") or (name == "kind" and not within):
            continue
        words = ", ".join(f"`{word}`" for word in sorted(shape.values))
        always = "yes" if shape.required else ""
        yield f"| {within}`{name}` | {_type(shape)} | {always} | {words} |"
        yield from _rows(shape.each or {}, f"{within}`{name}` → ")


def _texts() -> Iterator[str]:
    yield "\n## Display texts of FamilyCare (Procapita)\n"
    for name, words in TEXTER.items():
        example = ", ".join(f"`{word}`" for word in sorted(words)[:3])
        more = ", …" if len(words) > len(example.split(", ")) else ""
        yield f'- `[texts."{name}"]`: {example}{more}'
    yield ""


def _type(shape: Shape) -> str:
    if shape.each is not None:
        return "list, `each`"
    if shape.type == "changes":
        return "`changes = true`"
    return f"list of {shape.type}, `many = true`" if shape.many else shape.type


def _quoted(name: str) -> str:
    return f'"{name}"' if "/" in name else name

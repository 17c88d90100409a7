"""What deviates from the handbook in a case: each with the two texts beneath each other."""

from collections.abc import Iterator, Sequence

import click

from bbic_bridge.cli.output import clean, print_table, when
from bbic_bridge.services.views.cases import ComparedText, DeviationView

COLUMNS = ("step", "deviation", "about", "what", "weight", "source", "shown by")
MARK = "»"
BEFORE, AFTER = 40, 80
"""How much of a text is shown around the place where the two begin to differ."""


def print_deviations(deviations: Sequence[DeviationView]) -> None:
    """Prints a table of all, then the texts that differ; nothing where nothing deviates."""
    if not deviations:
        return
    click.echo("Deviations from the handbook:")
    print_table(COLUMNS, map(_row, deviations))
    for one in deviations:
        for line in texts(one):
            click.echo(clean(line))


def texts(one: DeviationView) -> Iterator[str]:
    """The lines that show two texts, the first place where they differ marked with ``»``."""
    if one.before is None and one.after is None:
        return
    yield f"{one.code} {one.object_id}:"
    for name, text in (("was", one.before), ("is", one.after)):
        yield f"  {name:<4}{_shown(text, one.differs_at)}"


def _row(one: DeviationView) -> tuple[object, ...]:
    shown_by = f"{one.event} {when(one.at)} {one.pointer or ''}".rstrip()
    return (one.step, one.code, one.object_id, one.text, one.weight, one.source, shown_by)


def _shown(text: ComparedText | None, differs_at: int | None) -> str:
    if text is None:
        return "(not there)"
    where = f"{text.event} {when(text.at)} {text.pointer}"
    if text.standing == "not_kept":
        return f"{where}: (the text is not kept)"
    if text.text is None:
        return f"{where}: (nothing)"
    begin = max(0, (differs_at or 0) - BEFORE)
    end = (differs_at or BEFORE) + AFTER
    shown = text.text[begin:end]
    if differs_at is not None:
        shown = f"{text.text[begin:differs_at]}{MARK}{text.text[differs_at:end]}"
    return f"{where}: {'…' if begin else ''}{shown}{'…' if end < len(text.text) else ''}"

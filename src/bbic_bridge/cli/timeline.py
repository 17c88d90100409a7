"""A case as people read it: event by event, each with what it led to at the vendor."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bbic_bridge.cli.output import STATE_STYLES, print_table
from bbic_bridge.cli.violations import told
from bbic_bridge.services.views.cases import CaseView, StepView

COLUMNS = ("when", "what", "at the vendor", "state", "remarks", "delivery")
PREFIX = "se.bbic."
Row = tuple[object, ...]


def print_timeline(view: CaseView) -> None:
    """Prints the case's timeline as a table."""
    print_table(COLUMNS, rows(view), styles=STATE_STYLES, keep=("delivery",))


def rows(view: CaseView) -> Iterator[Row]:
    """The lines of the table, in the order of the view's steps.

    An event's first delivery stands beside it, its others and its warnings beneath it; what a
    vendor told stands in between.
    """
    led_to: defaultdict[str, list[StepView]] = defaultdict(list)
    for step in view.steps:
        if step.kind == "delivery":
            led_to[step.event_row].append(step)
    for step in view.steps:
        if step.kind != "delivery":
            yield from _happened(step, led_to[step.event_row])


def _happened(step: StepView, deliveries: Sequence[StepView]) -> Iterator[Row]:
    nothing = ("told by the vendor" if step.kind == "vendor" else "", "", "", "")
    first, *others = map(_delivery, deliveries) if deliveries else [nothing]
    yield (step.at, step.name.removeprefix(PREFIX), *first)
    for other in others:
        yield ("", "", *other)
    for warning in step.warnings:
        yield ("", "", "", "warning", told(warning), "")


def _delivery(step: StepView) -> Row:
    return (step.name, step.state, "; ".join(_remarks(step)), step.delivery_id)


def _remarks(step: StepView) -> Iterator[str]:
    if step.detail:
        yield step.detail
    if step.waits_for:
        behind = f" (behind {step.behind})" if step.behind else ""
        yield f"waits for {', '.join(step.waits_for)}{behind}"
    if step.waiting_behind:
        yield f"{step.waiting_behind} waiting behind it"

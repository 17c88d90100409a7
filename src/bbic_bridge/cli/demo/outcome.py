"""What is printed in the end: each case's timeline and how far it is in the handbook, and what
departs from the handbook and is left to a person."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import click
from pydantic import TypeAdapter

from bbic_bridge.cli.demo.house import House
from bbic_bridge.cli.demo.summary import cases
from bbic_bridge.cli.deviations import print_deviations
from bbic_bridge.cli.output import clean, print_table
from bbic_bridge.cli.timeline import print_timeline
from bbic_bridge.services.views.cases import CaseView, HandbookView

LIMIT_COLUMNS = ("overdue limit", "weight", "source", "case", "of", "at the latest")
NAMED = ("missing", "overdue", "on_its_way", "to_come")
"""How a point may stand so that it is named, and not only counted."""


def print_outcome(house: House) -> None:
    """Every case, event by event, each with what it led to; then what departs."""
    deviating = []
    for case in cases(house):
        click.echo(f"\n{case.arende}, {case.kommun}")
        print_timeline(case)
        for line in handbook_lines(case.handbook):
            click.echo(clean(line))
        if case.deviations:
            deviating.append(case.arende)
    click.echo("\nWhat departs from the handbook, on purpose (examples/README.md tells why).")
    click.echo("It stops no delivery: the workflow is told, and a person decides.")
    print_table(LIMIT_COLUMNS, overdue(house))
    for arende in deviating:
        print_deviations(revealed(house, arende).deviations)
    click.echo()


def overdue(house: House) -> Iterator[tuple[object, ...]]:
    """The limits that are overdue, as `bbic-bridge deadlines` lists them."""
    listed = house.command("deadlines", "--skede", "overskriden", "--json")
    for limit in map(json.loads, listed.splitlines()):
        what = (limit["namn"], limit["vikt"], limit["kalla"])
        yield (*what, limit["arende"], limit["objekt_id"], limit["senast"])


def revealed(house: House, arende: str) -> CaseView:
    """The case with the texts that deviate, as `bbic-bridge case show --reveal` shows them."""
    reason = "The people of the demo are invented"
    shown = house.command("case", "show", arende, "--reveal", "--reason", reason, "--json")
    return TypeAdapter(CaseView).validate_json(shown)


def handbook_lines(points: Sequence[HandbookView]) -> Iterator[str]:
    """How far each insats of a case is, a line each."""
    for (insats_id, insatstyp), of_one in groupby(points, key=_insats):
        about = f"{insats_id or 'no insats yet'} ({insatstyp or 'kind unknown'})"
        yield f"Handbook, {about}: {'; '.join(_standing(of_one))}."


def _standing(points: Iterable[HandbookView]) -> Iterator[str]:
    """What is done is counted. Of the rest each point is named that somebody has to see to."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for point in points:
        if point.state in ("done", "missing", "overdue") or point.weight != "kan":
            day = f" ({point.day})" if point.state == "overdue" else ""
            names[point.state].append(f"{point.name}{day}")
    yield f"{len(names['done'])} done"
    for state in NAMED:
        if names[state]:
            yield f"{state.replace('_', ' ')}: {', '.join(names[state])}"


def _insats(point: HandbookView) -> tuple[str | None, str | None]:
    return (point.insats_id, point.insatstyp)

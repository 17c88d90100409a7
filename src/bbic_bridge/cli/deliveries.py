"""``bbic-bridge deliveries list|show``: what is to be done at the vendors, and how it went."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bbic_bridge.cli import attempts
from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.cli.filters import filters
from bbic_bridge.cli.known import require_kommuner, tell_unknown_case
from bbic_bridge.cli.options import command, group
from bbic_bridge.cli.output import STATE_STYLES, print_json, print_ndjson, print_table, when
from bbic_bridge.cli.violations import told
from bbic_bridge.services.views.deliveries import DeliveryDetail, DeliveryView, Filter

CORRECTIONS = {
    "held": "held until it is certain that the vendor has nothing of the earlier version",
    "not_sent": "was not sent: it was settled without it",
}
COLUMNS = ("id", "state", "kommun", "case", "operation", "tries", "error", "waits for", "behind it")


@group("deliveries", "List deliveries, show one")
def deliveries() -> None:
    """See the deliveries: one operation at one vendor each."""


@command("list", "List deliveries", role="read", prints_data=True)
@filters(limit=100)
def list_(*, config: Path | None, chosen: Filter, as_json: bool) -> None:
    """List deliveries, the oldest first. Personal data is not shown."""
    from bbic_bridge.services import queries

    with opened(config) as bridge:
        require_kommuner(bridge, chosen.kommuner)
        found = queries.list_deliveries(bridge, replace(chosen, limit=chosen.limit + 1))
        if not found:
            tell_unknown_case(bridge, chosen.arende)
    shown = found[: chosen.limit]
    if as_json:
        print_ndjson(shown)
        return
    print_table(COLUMNS, map(row, shown), styles=STATE_STYLES)
    if len(found) > len(shown):
        click.echo(f"There are more than {chosen.limit}: --limit shows more.", err=True)


def row(view: DeliveryView) -> tuple[object, ...]:
    """A delivery as a line of a table."""
    error = " ".join(word for word in (view.error_kind, view.error_code) if word)
    waits = ", ".join(view.waits_for) + (f" (behind {view.behind})" if view.behind else "")
    behind_it = f"{view.waiting_behind} waiting" if view.waiting_behind else ""
    kind = (view.id, view.state, view.kommun, view.arende, view.operation)
    return (*kind, view.attempts, error, waits, behind_it)


@command(
    "show",
    "Show one delivery and its attempts",
    role="read",
    instead={"reveal": "admin"},
    prints_data=True,
)
@click.argument("delivery_id", metavar="ID")
@click.option("--reveal", is_flag=True, help="Show personal data too; needs --reason, is audited.")
@click.option("--reason", metavar="TEXT", default="", help="Why personal data is needed.")
def show(
    *, config: Path | None, delivery_id: str, reveal: bool, reason: str, as_json: bool
) -> None:
    """Show one delivery: its attempts, why it failed, and what it waits for."""
    if reveal and not reason:
        raise WrongUse("--reveal needs --reason: it is written to the audit log.")
    from bbic_bridge.services import audit, queries

    with opened(config) as bridge:
        detail = queries.show_delivery(bridge, delivery_id)
        if detail is None:
            raise WrongUse(f"There is no delivery {delivery_id}.")
        if reveal:
            kommun = detail.delivery.kommun
            audit.record(bridge, actor(), "reveal", delivery_id, {"reason": reason}, kommun)
            detail = queries.show_delivery(bridge, delivery_id, reveal=True) or detail
    if as_json:
        print_json(detail)
    else:
        _print_detail(detail)


def _print_detail(detail: DeliveryDetail) -> None:
    view = detail.delivery
    facts = {
        "delivery": view.id,
        "state": view.state,
        "operation": f"{view.operation} at {view.system}, {view.kommun}",
        "case": view.arende,
        "from event": view.event_type,
        "created": when(view.created_at),
        "due": when(view.due_at),
        "waits for": ", ".join(view.waits_for),
        "stands behind": view.behind or "",
        "waiting behind it": view.waiting_behind or "",
        "version": f"{detail.version}, corrected" if detail.version > 1 else "",
        "edit": CORRECTIONS[detail.correction] if detail.correction else "",
        **{f"{kind} {ours}": f"{theirs} at the vendor" for kind, ours, theirs in detail.links},
    }
    print_table(("what", "value"), [(name, value) for name, value in facts.items() if value != ""])
    if detail.pruned:
        click.echo("The payload has been pruned, and what the vendor answered.")
    else:
        print_table(("field", "content"), _leaves(detail.uppgift))
    if detail.edits:
        changed = [
            (edit.version, one.path, one.before, one.after)
            for edit in detail.edits
            for one in edit.changes
        ]
        print_table(("version", "corrected", "from", "to"), changed)
    print_table(attempts.COLUMNS, attempts.rows(detail.attempts))
    if detail.acts:
        acts = [(act.at, act.actor, act.action, act.reason) for act in detail.acts]
        print_table(("when", "who", "did", "why (revealed)"), acts)
    if detail.warnings:
        rows = [(warning.kod, warning.vikt, told(warning)) for warning in detail.warnings]
        print_table(("rule", "weight", "warning of the event"), rows)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, object]]:
    """Every single value of a document, with the way to it (``mal/0/text``)."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}/{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}/{index}")
    elif value is not None:
        yield path, value


deliveries.add_command(list_)
deliveries.add_command(show)

"""``bbic-bridge replay``: try again what failed, in the order the handbook asks."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, WrongUse, whoever_listens
from bbic_bridge.cli.filters import UNLIMITED, filters, is_empty
from bbic_bridge.cli.known import require_kommuner, tell_unknown_case
from bbic_bridge.cli.options import FILE, command
from bbic_bridge.cli.output import Bar, print_ndjson, progress
from bbic_bridge.services.views.deliveries import Filter, ReplayItem

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge


@command("replay", "Try again what failed", prints_data=True)
@click.argument("ids", metavar="[ID...]", nargs=-1)
@filters(limit=UNLIMITED)
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    metavar="N",
    help="At most so many a second.",
)
@click.option("--edit", type=FILE, help="Replay one ID with the corrected payload in this file.")
@click.option("--reason", metavar="TEXT", default="", help="Why; written to the audit log.")
def replay(
    *,
    config: Path | None,
    ids: tuple[str, ...],
    chosen: Filter,
    dry_run: bool,
    rate: float | None,
    edit: Path | None,
    reason: str,
    as_json: bool,
) -> None:
    """Replay deliveries: those named by ID, or those that the filters choose.

    What the vendor has already is found by looking it up and is not done twice. It is safe to
    interrupt and run again.
    """
    payload = _payload(ids, edit)
    if bool(ids) != is_empty(chosen):
        raise WrongUse("Name the deliveries by ID, or choose them, e.g. with --state failed.")
    counts: Counter[str] = Counter()
    with opened(config) as bridge:
        from bbic_bridge.services import replay as service

        _require_known(bridge, ids, chosen)
        total = len(ids) or sum(1 for _ in service.select(bridge, chosen))
        with progress("replaying", total) as bar:
            for one in paced(ids or service.select(bridge, chosen), rate):
                item = service.replay_one(
                    bridge, one, actor=actor(), dry_run=dry_run, edit=payload, reason=reason
                )
                counts[item.outcome] += 1
                with whoever_listens():
                    _tell(item, bar, as_json=as_json)
                bar.advance()
        if not counts:
            tell_unknown_case(bridge, chosen.arende)
    with whoever_listens():
        if not (as_json or len(ids) == 1):
            click.echo(_summary(counts))
    click.get_current_context().exit(NEEDS_PERSON if counts["refused"] else DONE)


def _require_known(bridge: "Bridge", ids: tuple[str, ...], chosen: Filter) -> None:
    """A wrong name is found before anything was replayed."""
    from bbic_bridge.services import queries

    if missing := queries.missing_deliveries(bridge, ids):
        raise WrongUse(f"There is no delivery {', '.join(missing)}; nothing was replayed.")
    require_kommuner(bridge, chosen.kommuner)


def _payload(ids: tuple[str, ...], edit: Path | None) -> Mapping[str, Any] | None:
    if edit is None:
        return None
    if len(ids) != 1:
        raise WrongUse("--edit corrects one delivery: name its ID.")
    try:
        payload = json.loads(edit.read_bytes())
    except OSError as error:
        raise WrongUse(f"{edit}: {error.strerror}") from error
    except ValueError as error:
        raise WrongUse(f"{edit} is not JSON.") from error
    if not isinstance(payload, dict):
        raise WrongUse(f"{edit} holds no JSON object.")
    return payload


def paced(ids: Iterable[str], rate: float | None) -> Iterator[str]:
    """The ids, not faster than that many a second."""
    began = time.monotonic()
    for number, one in enumerate(ids):
        if rate:
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
        yield one


def _tell(item: ReplayItem, bar: Bar, *, as_json: bool) -> None:
    if as_json:
        print_ndjson([item])
        return
    behind = f", {item.waiting_behind} waiting behind it" if item.waiting_behind else ""
    detail = f": {item.detail}" if item.detail else ""
    outcome = item.outcome.replace("_", " ")
    bar.say(f"{outcome:<13} {item.id} {item.operation}{detail}{behind}")


def _summary(counts: Counter[str]) -> str:
    told = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in counts.items())
    return told or "Nothing to replay."

"""``bbic-bridge replay``: try again what failed, in the order the handbook asks."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import WrongUse, whoever_listens
from bbic_bridge.cli.filters import UNLIMITED, filters, is_empty
from bbic_bridge.cli.known import require_kommuner, tell_unknown_case
from bbic_bridge.cli.options import FILE, REASON, command
from bbic_bridge.cli.replaying import RATE, Manner, let_go, show_what_would_be
from bbic_bridge.services.views.deliveries import Filter

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge


@command(
    "replay", "Try again what failed", role="operate", instead={"reveal": "admin"}, prints_data=True
)
@click.argument("ids", metavar="[ID...]", nargs=-1)
@filters(limit=UNLIMITED)
@click.option("--job", metavar="JOB", help="Exactly what this job holds, as --dry-run showed it.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done, and make the job.")
@click.option(
    "--same-bytes",
    is_flag=True,
    help="Send the very bytes of the last attempt; else all is mapped anew.",
)
@RATE
@click.option(
    "--edit",
    type=FILE,
    help="Replay one ID with the corrected payload in this file; needs --reason.",
)
@click.option("--name", metavar="WORD", default="", help="What to call the job.")
@click.option("--reveal", is_flag=True, help="Show the values that differ; needs --reason.")
@REASON
def replay(
    *,
    config: Path | None,
    ids: tuple[str, ...],
    chosen: Filter,
    job: str | None,
    dry_run: bool,
    same_bytes: bool,
    rate: float | None,
    edit: Path | None,
    name: str,
    reveal: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Replay deliveries: those named by ID, those that the filters choose, or those of a job.

    What is chosen is frozen as a job; --dry-run shows it, and --job lets exactly that go. What the
    vendor has already is found by looking it up and is not done twice. It is safe to interrupt and
    run again.
    """
    payload = _payload(ids, edit)
    if [bool(ids), not is_empty(chosen), bool(job)].count(True) != 1:
        raise WrongUse("Name deliveries by ID, choose them, e.g. with --state failed, or --job.")
    if job and (edit or name or same_bytes):
        raise WrongUse("--job replays as it was made: without --edit, --name and --same-bytes.")
    if edit and same_bytes:
        raise WrongUse("--edit corrects what --same-bytes would send as it was: choose one.")
    if reveal and not reason:
        raise WrongUse("--reveal needs --reason: it is written to the audit log.")
    if edit and not reason.strip():
        raise WrongUse("--edit needs --reason: it is written to the audit log.")
    manner = Manner(reason=reason, rate=rate, reveal=reveal, as_json=as_json)
    with opened(config) as bridge:
        from bbic_bridge.services.replay_plan import Asked, plan

        if not job:
            _require_known(bridge, ids, chosen)
            asked = Asked(actor(), ids, chosen, name, reason, same_bytes, rate, payload)
            made = plan(bridge, asked)
            if made is None:
                _tell_nothing(bridge, chosen, as_json=as_json)
                return
            job = made.id
        act = show_what_would_be if dry_run else let_go
        code = act(bridge, job, manner)
    click.get_current_context().exit(code)


def _require_known(bridge: "Bridge", ids: tuple[str, ...], chosen: Filter) -> None:
    """A wrong name is found before anything was replayed."""
    from bbic_bridge.services import queries

    if missing := queries.missing_deliveries(bridge, ids):
        raise WrongUse(f"There is no delivery {', '.join(missing)}; nothing was replayed.")
    require_kommuner(bridge, chosen.kommuner)


def _tell_nothing(bridge: "Bridge", chosen: Filter, *, as_json: bool) -> None:
    tell_unknown_case(bridge, chosen.arende)
    with whoever_listens():
        if not as_json:
            click.echo("Nothing to replay.")


def _payload(ids: tuple[str, ...], edit: Path | None) -> Mapping[str, Any] | None:
    if edit is None:
        return None
    if len(ids) != 1:
        raise WrongUse("--edit corrects one delivery: name its ID.")
    try:
        payload = json.loads(edit.read_bytes())
    except OSError as error:
        raise WrongUse(f"{edit}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise WrongUse(f"{edit} is not JSON, or is too deep.") from error
    if not isinstance(payload, dict):
        raise WrongUse(f"{edit} holds no JSON object.")
    return payload

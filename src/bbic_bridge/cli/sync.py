"""``bbic-bridge sync``: fetch what was changed in the vendor systems."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import opened
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, UNREACHABLE, WrongUse, whoever_listens
from bbic_bridge.cli.known import unknown
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import clean, print_ndjson
from bbic_bridge.cli.parked import give_up as dismiss
from bbic_bridge.cli.parked import list_parked, told
from bbic_bridge.services.views.changes import SyncReport

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge

UNREACHED = frozenset(
    {
        *("connect_failed", "timeout", "response_lost", "tls_failed", "certificate_refused"),
        *("token_unavailable", "token_refused", "token_malformed"),
    }
)


@command(
    "sync",
    "Fetch what was changed in the vendor systems",
    role="operate",
    instead={"parked": "read"},
    prints_data=True,
)
@click.option("--kommun", metavar="NAME", help="Only this kommun.")
@click.option("--once", is_flag=True, help="One pass, then end; else again and again.")
@click.option("--parked", is_flag=True, help="Fetch nothing: list what could not be read.")
@click.option("--give-up", metavar="ID", help="Fetch nothing: it need not be read (--reason).")
@click.option("--reason", metavar="TEXT", help="Why it is given up; written to the audit log.")
def sync(
    *,
    config: Path | None,
    kommun: str | None,
    once: bool,
    parked: bool,
    give_up: str | None,
    reason: str | None,
    as_json: bool,
) -> None:
    """Fetch the changes that people made in the vendor systems.

    Where `up`, or worker and beat, run, this happens by itself. It is safe to interrupt.

    What the vendor tells and the bridge cannot read is parked, and tried again at every pass:
    --parked lists it. --once ends with exit code 1 where something was parked or a stream failed.
    """
    if once + parked + (give_up is not None) > 1:
        raise WrongUse("Choose one of --once, --parked and --give-up.")
    if (give_up is None) != (reason is None):
        raise WrongUse("--give-up needs --reason, and nothing else does.")
    if reason is not None and not reason.strip():
        raise WrongUse("--reason is empty: it is written to the audit log.")
    with opened(config) as bridge:
        kommuner = _kommuner(bridge, kommun)
        if parked:
            list_parked(bridge, kommun, as_json=as_json)
            return
        if give_up is not None and reason is not None:
            dismiss(bridge, give_up, kommun, reason, as_json=as_json)
            return
        if once:
            click.get_current_context().exit(exit_code(_each(bridge, kommuner, as_json=as_json)))
        _for_ever(bridge, kommuner, as_json=as_json)


def _kommuner(bridge: "Bridge", kommun: str | None) -> Sequence[str]:
    known = bridge.settings.kommun
    if kommun is not None and kommun not in known:
        raise unknown("--kommun", kommun, known)
    return [kommun] if kommun else list(known)


def _each(bridge: "Bridge", kommuner: Sequence[str], *, as_json: bool) -> list[SyncReport]:
    """One pass of every kommun, each told when it is done."""
    reports = []
    for name in kommuner:
        reports.append(_pass(bridge, name))
        with whoever_listens():
            _tell(reports[-1], as_json=as_json)
    return reports


def _for_ever(bridge: "Bridge", kommuner: Sequence[str], *, as_json: bool) -> None:
    due = dict.fromkeys(kommuner, 0.0)
    while due:
        name = min(due, key=lambda kommun: due[kommun])
        time.sleep(max(0.0, due[name] - time.monotonic()))
        _tell(_pass(bridge, name), as_json=as_json)
        due[name] = time.monotonic() + bridge.settings.kommun[name].sync_every_s


def exit_code(reports: Iterable[SyncReport]) -> int:
    """Whether all vendors could be asked, and told what can be read."""
    codes = {problem.code for report in reports for problem in report.problems}
    if codes & UNREACHED:
        return UNREACHABLE
    return NEEDS_PERSON if codes else DONE


def _pass(bridge: "Bridge", kommun: str) -> SyncReport:
    """One pass of one kommun."""
    from bbic_bridge.services.sync import sync_kommun

    return sync_kommun(bridge, kommun)


def _tell(report: SyncReport, *, as_json: bool) -> None:
    if as_json:
        print_ndjson([report])
        return
    click.echo(
        f"{report.kommun}: {report.read} read, {report.emitted} new, {report.own} our own, "
        f"{report.known} known, {report.held} held back, {report.parked} parked"
    )
    for problem in report.problems:
        click.echo(f"  {clean(told(problem))}")

"""``bbic-bridge audit list|head|verify``: who did what, and that the record of it is whole."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, WrongUse
from bbic_bridge.cli.filters import moment
from bbic_bridge.cli.options import command, group
from bbic_bridge.cli.output import print_json, print_ndjson, print_table, when

if TYPE_CHECKING:
    from bbic_bridge.services.audit_log import Act
    from bbic_bridge.services.audit_verify import AuditReport, Fault
    from bbic_bridge.store.chain import Head

COLUMNS = ("seq", "when", "who", "did", "to", "kommun", "details")
FAULTS = {
    "changed": "{} changed or moved",
    "details_changed": "{}: the details are not those that were sealed, or do not open",
    "missing": "{} missing",
    "not_sealed_here": "{} beyond the log's end",
    "head_differs": "{}, the last, is not the head that the sealer kept",
}
ANCHORS = {
    "matches": "The log holds the head that was kept elsewhere.",
    "differs": "The log is another than the one whose head was kept elsewhere.",
    "missing": "The log does not reach the head that was kept elsewhere: its end is cut off.",
}


@group("audit", "Who did what, and whether the record is whole")
def audit() -> None:
    """See the audit log, and check that nothing of it was changed."""


@command("list", "List who did what", role="read", instead={"reveal": "admin"}, prints_data=True)
@click.option("--actor", "who", metavar="NAME", help="Only by this actor, e.g. cli:anna.")
@click.option("--action", metavar="WORD", help="Only acts of this kind, e.g. reveal or replay.")
@click.option("--subject", metavar="ID", help="Only on this delivery, ärende or token.")
@click.option(
    "--since", callback=moment, metavar="TIME", help="Not older than: a date, a time, or 2h, 3d."
)
@click.option("--until", callback=moment, metavar="TIME", help="Older than that.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    default=100,
    help="The newest so many (else 100).",
)
@click.option("--reveal", is_flag=True, help="Show all details; needs --reason, is audited.")
@click.option("--reason", metavar="TEXT", default="", help="Why the details are needed.")
def list_(
    *,
    config: Path | None,
    who: str | None,
    action: str | None,
    subject: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    reveal: bool,
    reason: str,
    as_json: bool,
) -> None:
    """List the newest acts, in order of time. What may be text in their details is masked."""
    if reveal and not reason:
        raise WrongUse("--reveal needs --reason: it is written to the audit log.")
    from bbic_bridge.services import audit_log

    wanted = audit_log.AuditFilter(who, action, subject, since, until)
    with opened(config) as bridge:
        if reveal:
            audit_log.record_reveal(bridge, actor(), reason, wanted)
        before = audit_log.before_newest(bridge, wanted, limit)
        found = audit_log.acts(bridge, wanted, after=before, reveal=reveal)
        _print(islice(found, limit), as_json=as_json)
    if before:
        click.echo(f"There are earlier ones than these {limit}: --limit shows more.", err=True)


@command("head", "Print where the log ends, for keeping elsewhere", role="read", prints_data=True)
def head(*, config: Path | None, as_json: bool) -> None:
    """Print the log's head, SEQ:HASH. Keep it where nobody who can change the database can change
    it: `audit verify --head` compares."""
    from bbic_bridge.services import audit_log

    with opened(config) as bridge:
        found = audit_log.head(bridge)
    if as_json:
        print_json({"head": str(found), "seq": found.seq, "hash": found.chain.hex()})
    else:
        click.echo(str(found))


def _head(
    ctx: click.Context | None, param: click.Parameter | None, text: str | None
) -> "Head | None":
    from bbic_bridge.store.chain import Head

    try:
        return None if text is None else Head.parse(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}", ctx, param) from None


@command("verify", "Check that the audit log is whole", role="read", prints_data=True)
@click.option(
    "--head", "anchor", callback=_head, metavar="SEQ:HASH", help="A head that was kept elsewhere."
)
def verify(*, config: Path | None, anchor: "Head | None", as_json: bool) -> None:
    """Check that no sealed row was changed, removed or moved, and where the log ends.

    That its end was cut off shows only against a head that was kept elsewhere (--head). What is
    not sealed yet is counted: it is protected by nothing. Ends with exit code 1 where something
    differs.
    """
    from bbic_bridge.services import audit_verify

    with opened(config) as bridge:
        report = audit_verify.verify(bridge, anchor)
    if as_json:
        print_json({"sound": report.is_sound, **asdict(report)})
    else:
        for line in _lines(report):
            click.echo(line)
    click.get_current_context().exit(DONE if report.is_sound else NEEDS_PERSON)


def _print(found: "Iterator[Act]", *, as_json: bool) -> None:
    if as_json:
        print_ndjson(found)
    else:
        print_table(COLUMNS, map(_row, found))


def _row(act: "Act") -> tuple[object, ...]:
    details = "" if act.details is None else json.dumps(act.details, ensure_ascii=False)
    who = (act.actor, act.action, act.subject, act.kommun)
    return (act.seq, when(act.at), *who, details)


def _lines(report: "AuditReport") -> Iterator[str]:
    yield from (f"FAULT: {_told(fault)}." for fault in report.faults)
    if report.faults_in_all > len(report.faults):
        yield f"... and {report.faults_in_all - len(report.faults)} more faults."
    if report.anchor is not None:
        yield ANCHORS[report.anchor]
    whole = "" if report.faults_in_all else ", whole"
    yield f"{report.sealed} sealed rows{whole}; the log ends at {report.head}."
    if report.forgotten:
        yield f"The details of {report.forgotten} are no longer kept."
    if report.unsealed:
        yield f"{report.unsealed} not sealed yet, the oldest for {report.unsealed_age_s:.0f} s."
    if report.anchor is None:
        yield "No --head was given: that the end is not cut off was not checked."


def _told(fault: "Fault") -> str:
    one = fault.seq == fault.upto
    return FAULTS[fault.what].format(
        f"row {fault.seq}" if one else f"rows {fault.seq} to {fault.upto}"
    )


for each in (list_, head, verify):
    audit.add_command(each)

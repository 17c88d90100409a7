"""``bbic-bridge keys``: the keys that everything stored is sealed with."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, WrongUse, whoever_listens
from bbic_bridge.cli.known import unknown
from bbic_bridge.cli.options import REASON_DEMANDED, command, group
from bbic_bridge.cli.output import print_json, print_ndjson, print_table, progress, when

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge
    from bbic_bridge.services.keys import Rotation

COLUMNS = ("kommun", "key", "made", "values", "")


@group("keys", "List and change the keys that everything is sealed with")
def keys() -> None:
    """The keys that everything stored is sealed with: see docs/operations, Keys."""


@command("list", "List the data keys", role="admin", prints_data=True)
def list_(*, config: Path | None, as_json: bool) -> None:
    """List each kommun's data keys and how many values lie under each.

    What is under a key that is not the newest is resealed by `keys rotate`.
    """
    from bbic_bridge.services import keys as service

    with opened(config) as bridge:
        found = service.list_keys(bridge)
    if as_json:
        print_ndjson(found)
        return
    rows = [
        (one.kommun, one.key_id, one.created_at, one.values, "newest" if one.newest else "")
        for one in found
    ]
    print_table(COLUMNS, rows)


@command("rotate", "Reseal everything with new data keys", role="admin", prints_data=True)
@click.option("--kommun", metavar="NAME", help="Only this kommun.")
@click.option("--master", is_flag=True, help="Change the master key instead (see below).")
@REASON_DEMANDED
def rotate(
    *, config: Path | None, kommun: str | None, master: bool, reason: str, as_json: bool
) -> None:
    """Make each kommun a new data key and reseal with it all that is stored.

    Everything may run meanwhile. It is safe to interrupt and run again: it goes on where it was.
    The earlier data keys are deleted when nothing is under them any more.

    With --master the data keys are wrapped with the master key of the configuration, whichever of
    earlier_master_keys wraps them now; the values themselves are left as they are. The index key
    cannot be changed: it is what duplicates and persons are known by.
    """
    if master and kommun:
        raise WrongUse("The master key is one for all kommuner: --master takes no --kommun.")
    with opened(config) as bridge:
        if master:
            _rewrap(bridge, reason, as_json=as_json)
            return
        done = _rotate(bridge, _chosen(bridge, kommun), reason, as_json=as_json)
    left = any(one.left for one in done)
    click.get_current_context().exit(NEEDS_PERSON if left else DONE)


def _chosen(bridge: "Bridge", kommun: str | None) -> list[str]:
    from bbic_bridge.services import keys as service

    known = service.kommuner_with_keys(bridge)
    if kommun is not None and kommun not in known:
        raise unknown("--kommun", kommun, known)
    return [kommun] if kommun else known


def _rotate(
    bridge: "Bridge", kommuner: Iterable[str], reason: str, *, as_json: bool
) -> list["Rotation"]:
    from bbic_bridge.services import keys as service

    chosen = set(kommuner)
    total = sum(one.values for one in service.list_keys(bridge) if one.kommun in chosen)
    done = []
    with progress("resealing", total) as bar:
        for kommun in sorted(chosen):
            done.append(
                service.rotate(bridge, kommun, actor=actor(), reason=reason, tell=bar.advance)
            )
            with whoever_listens():
                if as_json:
                    print_ndjson(done[-1:])
                else:
                    bar.say(_told(done[-1]))
    return done


def _told(one: "Rotation") -> str:
    began = "went on to" if one.resumed else "made"
    told = f"{one.kommun}: {began} data key {one.key_id}, {one.resealed} values resealed"
    if one.left:
        return f"{told}; {one.left} are left under earlier keys: run again, see `doctor`"
    return f"{told}, earlier keys deleted: {', '.join(map(str, one.removed)) or 'none'}"


def _rewrap(bridge: "Bridge", reason: str, *, as_json: bool) -> None:
    from bbic_bridge.services import keys as service
    from bbic_bridge.services.health import parts_at_work

    done = service.rewrap(bridge, actor=actor(), reason=reason)
    parts = parts_at_work(bridge)
    with whoever_listens():
        if as_json:
            print_json({"rewrapped": [{"kommun": k, "key_id": key_id} for k, key_id in done]})
        else:
            click.echo(f"{len(done)} data keys are wrapped anew; all are under master_key.")
    for part in parts:
        began = f"{part.kind} on {part.host}, process {part.pid}, began {when(part.since)}"
        click.echo(f"{began}: start it again if master_key was changed since.", err=True)


keys.add_command(list_)
keys.add_command(rotate)

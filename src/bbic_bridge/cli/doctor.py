"""``bbic-bridge doctor``: is everything in place, and if not, what to do."""

from pathlib import Path

import click

from bbic_bridge.cli.check import Check
from bbic_bridge.cli.checks import run_checks
from bbic_bridge.cli.configuration import configuration
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import STATE_STYLES, print_json, print_table
from bbic_bridge.delivery.errors import ConfigurationError


@command("doctor", "Check that everything is in place", role="read", prints_data=True)
def doctor(*, config: Path | None, as_json: bool) -> None:
    """Check configuration, secrets, database, broker, profiles with their examples, vendors, clock.

    Ends with exit code 1 where a check fails.
    """
    checks = _checks(config)
    if as_json:
        print_json(checks)
    else:
        rows = [(check.level, check.what, check.found, check.todo) for check in checks]
        print_table(("", "what", "found", "what to do"), rows, styles=STATE_STYLES)
    failed = any(check.level == "fail" for check in checks)
    click.get_current_context().exit(NEEDS_PERSON if failed else DONE)


def _checks(config: Path | None) -> list[Check]:
    try:
        return list(run_checks(configuration(config)))
    except ConfigurationError as error:
        return [Check("configuration", "fail", str(error), "correct the file or the environment")]

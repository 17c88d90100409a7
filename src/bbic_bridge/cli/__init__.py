"""The command ``bbic-bridge``: a thin face on the services, for operators."""

import sys


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    from bbic_bridge.cli.app import run

    sys.exit(run(sys.argv[1:]))

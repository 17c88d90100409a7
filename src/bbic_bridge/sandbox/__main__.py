"""``python -m bbic_bridge.sandbox``."""

import argparse
import sys
from pathlib import Path

from bbic_bridge.sandbox import SandboxConfig, serve

WRONG_USE = 2
INTERRUPTED = 130


def main() -> int:
    """Reads the command line, serves, and gives the exit status."""
    parser = _parser()
    arguments = parser.parse_args()
    try:
        config = _config(arguments)
        serve(config)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return WRONG_USE
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bbic_bridge.sandbox",
        description="Both vendor systems and a handbook workflow, over HTTP.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8900, help="0 takes a free one")
    parser.add_argument("--webhooks-to", default="", metavar="URL", help="the bridge's address")
    parser.add_argument(
        "--webhook-secret",
        action="append",
        default=[],
        metavar="KOMMUN=FILE",
        help="signs that kommun's webhooks; may be given for several kommuner",
    )
    parser.add_argument("--callback-secret", type=Path, metavar="FILE", help="checks callbacks")
    parser.add_argument("--key", type=Path, metavar="FILE", help="FamilyCare's API key")
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="remembers there what happened, for a later run; without it, all is forgotten",
    )
    parser.add_argument("--token", type=Path, metavar="FILE", help="bearer token for writes")
    return parser


def _config(arguments: argparse.Namespace) -> SandboxConfig:
    return SandboxConfig(
        host=arguments.host,
        port=arguments.port,
        webhooks_to=arguments.webhooks_to,
        webhook_secrets=dict(_kommun_and_secret(text) for text in arguments.webhook_secret),
        callback_secret=_secret(arguments.callback_secret),
        key=_secret(arguments.key),
        token=_secret(arguments.token),
        state=arguments.state,
    )


def _kommun_and_secret(text: str) -> tuple[str, str]:
    kommun, separator, file = text.partition("=")
    if not (kommun and separator and file):
        raise ValueError("--webhook-secret: KOMMUN=FILE was expected")
    return kommun, _secret(Path(file))


def _secret(file: Path | None) -> str:
    return file.read_text(encoding="utf-8").strip() if file else ""


if __name__ == "__main__":
    sys.exit(main())

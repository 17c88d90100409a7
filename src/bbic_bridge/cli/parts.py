"""The commands that make up a bridge, by import string: nothing of them is loaded here."""

import socket
import sys
from pathlib import Path

from bbic_bridge.cli.exits import WrongUse

WAKE_UP_THREADS = 4
CELERY = (sys.executable, "-m", "celery", "--quiet", "--app", "bbic_bridge.workers")


def receivers(host: str, port: int, drain_s: float) -> tuple[str, ...]:
    """The HTTP server. No access log: addresses may hold what must not be kept."""
    return (
        *(sys.executable, "-m", "bbic_bridge.receivers"),
        *("bbic_bridge.receivers:create_app", "--factory"),
        *("--host", host, "--port", str(port), "--no-access-log", "--no-server-header"),
        *("--http", "bbic_bridge.receivers.wire:BoundedProtocol", "--ws", "none"),
        *("--log-level", "warning", "--timeout-graceful-shutdown", f"{drain_s:.0f}"),
    )


def worker(name: str, processes: int | None = None) -> tuple[str, ...]:
    """A Celery worker. Celery carries wake-ups only, so a few threads of its own are enough;
    how many deliveries are sent at once is the setting ``worker.concurrency``.

    Args:
        name: unique among the workers of a host.
        processes: for several processes (prefork) instead of one.
    """
    pool = ("prefork", processes) if processes else ("threads", WAKE_UP_THREADS)
    return (
        *(*CELERY, "worker", "--hostname", f"{name}@%h", "--loglevel", "WARNING"),
        *("--pool", pool[0], "--concurrency", str(pool[1])),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )


def beat(schedule: Path) -> tuple[str, ...]:
    """Celery's scheduler; ``schedule`` is the file in which it remembers what it last did."""
    return (*CELERY, "beat", "--loglevel", "WARNING", "--schedule", str(schedule), "--pidfile=")


def sandbox(host: str, port: int, bridge: str) -> tuple[str, ...]:
    """Both vendor systems; ``bridge`` is the address their webhooks go to."""
    return (
        *(sys.executable, "-m", "bbic_bridge.cli", "sandbox", "--host", host, "--port", str(port)),
        *("--bridge", bridge),
    )


def address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def require_free(host: str, port: int, option: str) -> None:
    """Raises ``WrongUse`` where somebody else listens on the port already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or "not possible"
            raise WrongUse(f"Port {port} on {host}: {reason}. {option} takes another.") from error

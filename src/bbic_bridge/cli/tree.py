"""The process tree of ``up``: what it starts, when it is ready, in which order it ends."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path

from bbic_bridge.cli import embedded, parts, web
from bbic_bridge.cli.configuration import Configuration
from bbic_bridge.cli.exits import OurFault
from bbic_bridge.cli.supervisor import Death, Part, Supervisor

READY_WITHIN_S = 120
POLL_S = 0.05
MARGIN_S = 5
INTAKE, WORK, VENDORS, BROKER = range(4)
"""Stages of stopping: first nothing new comes in, then begun work is finished, then the rest."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. ``broker_socket`` is None where the configuration names a broker."""

    configuration: Configuration
    host: str
    port: int
    sandbox_port: int | None
    workers: int
    broker_socket: Path | None

    @property
    def address(self) -> str:
        return parts.address(self.host, self.port)

    @property
    def sandbox_address(self) -> str:
        return parts.address(self.host, self.sandbox_port) if self.sandbox_port else ""

    @property
    def broker_url(self) -> str:
        if self.broker_socket:
            return embedded.url(self.broker_socket)
        return self.configuration.settings.broker_url.get_secret_value()


async def run(plan: Plan, *, ready: Callable[[], None], report: Callable[[Death], None]) -> None:
    """Runs the tree until SIGTERM, SIGINT or SIGHUP; a second signal does not wait for drains.

    Args:
        ready: called once, when ``/readyz`` first answered 200.
        report: told of the parts' deaths.

    Raises:
        OurFault: a part keeps ending, or the bridge did not become ready.
    """
    stop, hurry = asyncio.Event(), asyncio.Event()
    _on_signals(stop, hurry)
    supervisor = Supervisor(_environment(plan), report)
    try:
        await _first(stop.wait(), supervisor.failed, _live(plan, supervisor, ready))
    finally:
        await supervisor.stop(hurry)


def _environment(plan: Plan) -> dict[str, str]:
    if plan.broker_socket is None:
        return plan.configuration.environment()
    return plan.configuration.environment(BBIC_BROKER_URL=plan.broker_url)


async def _live(plan: Plan, supervisor: Supervisor, ready: Callable[[], None]) -> None:
    """Starts everything in order, says when it is ready, and goes on for ever."""
    if plan.broker_socket:
        supervisor.start(Part("broker", embedded.command(plan.broker_socket), BROKER, MARGIN_S))
        await _until(partial(embedded.answers, plan.broker_socket), "the broker does not answer")
    for part in _parts(plan):
        supervisor.start(part)
    await _until(partial(_is_ready, plan.address), "/readyz does not become 200")
    ready()
    await asyncio.Event().wait()


def _parts(plan: Plan) -> list[Part]:
    settings = plan.configuration.settings
    drain_s = settings.worker.drain_s
    grace_s = drain_s + MARGIN_S
    intake = parts.receivers(plan.host, plan.port, drain_s)
    schedule = parts.beat(settings.var.absolute() / "beat-schedule")
    found = [
        Part("receivers", intake, INTAKE, grace_s),
        Part("beat", schedule, INTAKE, grace_s),
    ]
    for number in range(1, plan.workers + 1):
        command = parts.worker(f"worker{number}")
        found.append(Part(f"worker {number}", command, WORK, grace_s))
    if plan.sandbox_port:
        command = parts.sandbox(plan.host, plan.sandbox_port, plan.address)
        found.insert(0, Part("sandbox", command, VENDORS, MARGIN_S))
    return found


def _is_ready(address: str) -> bool:
    return web.request("GET", f"{address}/readyz", timeout_s=2).status == HTTPStatus.OK


async def _until(condition: Callable[[], bool], trouble: str) -> None:
    """Asks, off the event loop, until the answer is true."""
    deadline = asyncio.get_running_loop().time() + READY_WITHIN_S
    while not await asyncio.to_thread(condition):
        if asyncio.get_running_loop().time() > deadline:
            raise OurFault(f"Not ready within {READY_WITHIN_S} s: {trouble}.")
        await asyncio.sleep(POLL_S)


async def _first(*waits: Awaitable[object]) -> None:
    """Returns, or raises, as the first of them does; the others are cancelled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


def _on_signals(stop: asyncio.Event, hurry: asyncio.Event) -> None:
    def act() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, act)

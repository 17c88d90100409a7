"""Running the sandbox as a process."""

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import uvicorn

from bbic_bridge.sandbox.again import remember
from bbic_bridge.sandbox.app import create_app
from bbic_bridge.sandbox.config import SandboxConfig
from bbic_bridge.sandbox.history import History
from bbic_bridge.sandbox.world import World

GRACE_S = 2
BACKLOG = 2048


def serve(config: SandboxConfig, announce: Callable[[str], None] | None = None) -> None:
    """Serves until SIGTERM, then returns; SIGINT raises ``KeyboardInterrupt``.

    Args:
        announce: told one line when the sandbox can be called; prints it when left out.

    Raises:
        OSError: the address cannot be listened on, or the state cannot be opened.
        HistoryUnusable: the state cannot be gone on with.
    """
    with ExitStack() as held:
        world = World(config)
        if config.state is not None:
            remember(world, held.enter_context(closing(History(config.state))))
        listener = held.enter_context(_listening(config))
        held.enter_context(_signals_mean_the_same_everywhere())
        host = f"[{config.host}]" if ":" in config.host else config.host
        address = f"http://{host}:{listener.getsockname()[1]}"
        server = Server(world, lambda: (announce or _print)(f"sandbox ready on {address}"))
        server.run(sockets=[listener])


def _listening(config: SandboxConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    return socket.create_server((config.host, config.port), family=family, backlog=BACKLOG)


class Server(uvicorn.Server):
    """uvicorn, telling when it is ready and letting held connections go when it stops."""

    def __init__(self, world: World, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(world),
                loop="uvloop" if sys.platform != "win32" else "asyncio",
                http="httptools",
                ws="none",
                lifespan="on",
                access_log=False,
                proxy_headers=False,
                log_config=None,  # whoever runs it decides where logs go
                log_level="warning",
                timeout_graceful_shutdown=GRACE_S,
                backlog=BACKLOG,
            )
        )
        self._world = world
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._world.stopping.set()
        await super().shutdown(sockets)


@contextmanager
def _signals_mean_the_same_everywhere() -> Iterator[None]:
    """uvicorn raises a signal again once it has stopped: SIGTERM then shall not kill, and SIGINT
    shall interrupt even where a shell started this process in the background, ignoring it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda _number, _frame: None),
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()

"""The app in a real server in this process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from bbic_bridge.receivers.wire import BoundedProtocol
from tests.servers.process import wait_until


@contextmanager
def served(app: FastAPI, protocol: type[BoundedProtocol] = BoundedProtocol) -> Iterator[int]:
    """The port at which the app is served meanwhile."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, http=protocol, ws="none", log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_until(lambda: server.started, what="the server has started")
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()

"""Free TCP ports that nobody else on the machine is handed meanwhile."""

import random
import socket

LOWEST, HIGHEST = 20_000, 32_000
"""Below the range that the kernel gives to outgoing connections."""


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    while True:
        port = random.randrange(LOWEST, HIGHEST)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def listens(port: int) -> bool:
    """Whether something accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

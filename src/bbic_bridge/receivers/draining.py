"""SIGTERM: say at once that nothing more should come, then let the server end as it does."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def at_sigterm(notice: Callable[[], None]) -> Iterator[None]:
    """Calls ``notice`` when SIGTERM comes, before the handler that the server has set.

    Does nothing where the server takes no signals in Python, or runs in another thread.
    """
    handler = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return

    def notice_first(number: int, frame: FrameType | None) -> None:
        notice()
        handler(number, frame)

    signal.signal(signal.SIGTERM, notice_first)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)

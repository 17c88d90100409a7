"""The broker: wake-ups that hold a task's name and ids, nothing else, and that may be lost.

Publishing never blocks or fails the caller: a thread sends what has gathered, with sub-second
limits, and drops what it cannot send. The store's sweep finds whatever a lost wake-up meant.
"""

import threading
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from celery import Celery

from bbic_bridge import telemetry

QUEUE = "bbic"
IDS_PER_MESSAGE = 500
PENDING_LIMIT = 50_000
PUBLISH_TIMEOUT_S = 0.5
CLOSE_TIMEOUT_S = 2.0
_TRANSPORT = {
    "socket_connect_timeout": PUBLISH_TIMEOUT_S,
    "socket_timeout": PUBLISH_TIMEOUT_S,
    "retry_on_timeout": False,
    "max_retries": 0,
}
log = telemetry.get_logger()


def settings_for(broker_url: str) -> dict[str, Any]:
    """Celery's settings that publishers and workers share."""
    return {
        "broker_url": _verifying(broker_url),
        "task_default_queue": QUEUE,
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "broker_connection_retry_on_startup": True,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_send_task_events": False,
        "worker_enable_remote_control": False,
        "enable_utc": True,
    }


def _verifying(broker_url: str) -> str:
    """Without a word of TLS in the address, the library would believe any certificate."""
    if not broker_url.startswith("rediss://") or "ssl_" in urlsplit(broker_url).query:
        return broker_url
    return f"{broker_url}{'&' if '?' in broker_url else '?'}ssl_cert_reqs=required"


class Publisher:
    """Sends wake-ups for deliveries that are due."""

    def __init__(self, broker_url: str) -> None:
        self._app = Celery("bbic_bridge.publisher", set_as_current=False)
        self._app.conf.update(settings_for(broker_url), broker_transport_options=_TRANSPORT)
        self._pending: dict[str, dict[str, None]] = {}
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self.lost = 0

    def wake(self, due: Iterable[tuple[str, str]]) -> None:
        """Notes (id, operation) pairs to send; returns at once."""
        with self._lock:
            for delivery_id, operation in due:
                ids = self._pending.setdefault(operation, {})
                if len(ids) < PENDING_LIMIT:
                    ids[delivery_id] = None
            if not self._pending:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="publish", daemon=True)
                self._thread.start()
        self._news.set()

    def close(self) -> None:
        """Sends what is left, as far as that goes within two seconds."""
        self._closing = True
        self._news.set()
        if self._thread is not None:
            self._thread.join(CLOSE_TIMEOUT_S)

    def _loop(self) -> None:
        while not (self._closing and not self._pending):
            self._news.wait()
            self._news.clear()
            with self._lock:
                pending, self._pending = self._pending, {}
            for operation, ids in pending.items():
                self._send(operation, list(ids))

    def _send(self, operation: str, ids: list[str]) -> None:
        for start in range(0, len(ids), IDS_PER_MESSAGE):
            batch = ids[start : start + IDS_PER_MESSAGE]
            try:
                self._app.send_task(operation, args=[batch], retry=False, ignore_result=True)
            except Exception as error:  # noqa: BLE001  a wake-up may be lost, never more
                self.lost += len(batch)
                log.warning(
                    "wake_up_lost",
                    task=operation,
                    count=len(batch),
                    error=telemetry.error_name(error),
                )

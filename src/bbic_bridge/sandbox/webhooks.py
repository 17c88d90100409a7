"""What a vendor system sends by itself when a person has changed something there."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from lxml import etree
from standardwebhooks import Webhook

from bbic_bridge.sandbox.faults import Fault, Faults
from bbic_bridge.sandbox.register import Clock

PAUSES_S = (0.1, 0.3, 1.0, 2.0)
REORDER_MS = 1000
TIMEOUT_S = 5.0
SERVER_ERROR = 500
PENDING = "pending"


@dataclass(slots=True)
class Sent:
    """One webhook and what became of it.

    ``outcome`` is ``pending``, ``delivered`` (2xx), ``refused`` (other answers), ``gave_up``
    (unreachable, 429 or 5xx to the end) or ``not_sent`` (no address or no secret).
    """

    webhook_id: str
    system: str
    kommun: str
    kind: str
    andring_id: str
    outcome: str = PENDING
    attempts: int = 0
    status: int | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    record: Sent
    body: str
    fault: Fault | None
    epoch: int


class Webhooks:
    """A queue and the one sender behind it: webhooks leave in the order they arose.

    Args:
        note: told what became of each, for a later run, which sends what no outcome is known of.
    """

    def __init__(
        self,
        address: str,
        secrets: Mapping[str, str],
        faults: Faults,
        clock: Clock,
        note: Callable[..., None],
    ) -> None:
        self._address = address.rstrip("/")
        self._signers = {kommun: Webhook(secret) for kommun, secret in secrets.items()}
        self._faults = faults
        self._clock = clock
        self._note = note
        self._queue: asyncio.Queue[_Message] = asyncio.Queue()
        self._records: dict[str, Sent] = {}
        self._epoch = 0

    def put(
        self, system: str, kommun: str, kind: str, andring_id: str, body: etree._Element
    ) -> None:
        """Queues one webhook; returns at once."""
        webhook_id = f"{system}-{kommun}-{andring_id}"
        record = Sent(webhook_id, system, kommun, kind, andring_id)
        self._records[webhook_id] = record
        if not self._address or kommun not in self._signers:
            self._settle(record, "not_sent")
            return
        fault = self._faults.for_webhook(system, kommun)
        text = etree.tostring(body, encoding="unicode")
        self._queue.put_nowait(_Message(record, text, fault, self._epoch))

    def listing(self) -> list[dict[str, Any]]:
        return [asdict(record) for record in self._records.values()]

    def became(self, webhook_id: str, outcome: str, attempts: int, status: int | None) -> None:
        """What an earlier run noted of a webhook: it is not sent again."""
        record = self._records[webhook_id]
        record.outcome, record.attempts, record.status = outcome, attempts, status

    def clear(self) -> None:
        """Forgets what was sent and what is queued; what is being sent is not tried again."""
        self._epoch += 1
        self._records.clear()
        while not self._queue.empty():
            self._queue.get_nowait()

    async def run(self) -> None:
        """Sends what is queued, until cancelled."""
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            while True:
                await self._next(client, await self._waiting())

    async def _waiting(self) -> _Message:
        """The first in the queue, without those that an earlier run has settled."""
        while (message := await self._queue.get()).record.outcome != PENDING:
            pass
        return message

    async def _next(self, client: httpx.AsyncClient, message: _Message) -> None:
        fault = message.fault
        if fault is not None and fault.fault == "reordered_webhook":
            await self._let_one_pass(client, fault)
        await self._send(client, message)

    async def _let_one_pass(self, client: httpx.AsyncClient, fault: Fault) -> None:
        try:
            following = await asyncio.wait_for(self._waiting(), fault.delay_s(REORDER_MS))
        except TimeoutError:
            return
        await self._send(client, following)

    async def _send(self, client: httpx.AsyncClient, message: _Message) -> None:
        await self._deliver(client, message)
        if message.fault is not None and message.fault.fault == "duplicate_webhook":
            await self._deliver(client, message)

    async def _deliver(self, client: httpx.AsyncClient, message: _Message) -> None:
        record = message.record
        for pause in (*PAUSES_S, None):
            if message.epoch != self._epoch:
                return
            record.attempts += 1
            record.status = await self._post(client, message)
            if not _worth_repeating(record.status):
                break
            if pause is not None:
                await asyncio.sleep(pause)
        if message.epoch == self._epoch:
            self._settle(record, _outcome(record.status))

    def _settle(self, record: Sent, outcome: str) -> None:
        record.outcome = outcome
        # Not noted, it will be sent again by a later run: that is allowed, and all that is lost.
        with suppress(OSError):
            self._note(
                "webhook",
                webhook_id=record.webhook_id,
                outcome=outcome,
                attempts=record.attempts,
                status=record.status,
            )

    async def _post(self, client: httpx.AsyncClient, message: _Message) -> int | None:
        """One attempt: the status of the answer, or None where none came."""
        record = message.record
        now = self._clock()
        headers = {
            "content-type": "application/xml; charset=utf-8",
            "webhook-id": record.webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signers[record.kommun].sign(
                record.webhook_id, now, message.body
            ),
        }
        url = f"{self._address}/v1/webhooks/{record.system}/{record.kommun}"
        try:
            answer = await client.post(url, content=message.body.encode(), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        return answer.status_code


def _worth_repeating(status: int | None) -> bool:
    return status is None or status >= SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS


def _outcome(status: int | None) -> str:
    if status is None or _worth_repeating(status):
        return "gave_up"
    return "delivered" if status < httpx.codes.MULTIPLE_CHOICES else "refused"

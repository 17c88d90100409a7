"""How the demo meets the bridge and the sandbox: as a handbook workflow and as an operator."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bbic_bridge.cli import web
from bbic_bridge.cli.exits import OurFault

if TYPE_CHECKING:
    from bbic_bridge.services.views.cases import CaseView

PAGE = 1000
Record = dict[str, Any]


class BridgeClient:
    """Sends signed events; reads as an operator's tool does."""

    def __init__(self, address: str, secrets: Path) -> None:
        self.address = address
        self._secrets = secrets

    def is_ready(self) -> bool:
        return web.request("GET", f"{self.address}/readyz").status == HTTPStatus.OK

    def send(self, events: Sequence[Record]) -> None:
        """Posts a batch, signed per Standard Webhooks; every event must be accepted."""
        from standardwebhooks import Webhook

        body = json.dumps(list(events), ensure_ascii=False)
        message_id, now = f"demo-{uuid4()}", datetime.now(UTC)
        signer = Webhook(self._secret("workflow_webhook_secret"))
        headers = {
            "content-type": "application/cloudevents-batch+json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signer.sign(message_id, now, body),
        }
        answer = _ask("POST", f"{self.address}/v1/events", body.encode(), headers)
        rejected = [r["id"] for r in answer.json()["results"] if r["status"] != "accepted"]
        if rejected:
            raise OurFault(f"The demo failed: {', '.join(rejected)} not accepted.")

    def deliveries(self, **filters: str) -> list[Record]:
        """All deliveries that the filters choose, the oldest first."""
        query = "".join(f"&{name}={value}" for name, value in filters.items())
        found: list[Record] = self._get(f"/v1/deliveries?limit={PAGE}{query}")["deliveries"]
        return found

    def case(self, arende: str) -> "CaseView":
        from pydantic import TypeAdapter

        from bbic_bridge.services.views.cases import CaseView

        return TypeAdapter(CaseView).validate_python(self._get(f"/v1/cases/{arende}"))

    def feed(self) -> Iterator[Record]:
        """All that the workflow is told, from the beginning."""
        cursor = "0"
        while True:
            page = self._get(f"/v1/events?after={cursor}&limit={PAGE}", holder="workflow")
            if not page["events"]:
                return
            yield from page["events"]
            cursor = page["cursor"]

    def _get(self, path: str, holder: str = "read") -> Any:
        bearer = {"authorization": f"Bearer {self._secret(f'{holder}_token')}"}
        return _ask("GET", self.address + path, None, bearer).json()

    def _secret(self, name: str) -> str:
        return (self._secrets / name).read_text(encoding="utf-8").strip()


class SandboxClient:
    """Plays the people at the vendor systems, and breaks and mends those."""

    def __init__(self, address: str) -> None:
        self.address = address

    def change(self, system: str, kommun: str, kind: str, **what: Any) -> None:
        """A person changes something; ``what``: ``arende``, ``data``, ``webhook``."""
        self._post("changes", {"system": system, "kommun": kommun, "kind": kind, **what})

    def break_it(self, system: str, fault: str, **how: Any) -> None:
        self._post("faults", {"system": system, "fault": fault, **how})

    def mend(self, system: str) -> None:
        self._post("faults", {"system": system, "fault": "none"})

    def journal(self) -> list[Record]:
        return self._lines("journal")

    def callbacks(self) -> list[Record]:
        return self._lines("callbacks")

    def _post(self, name: str, document: Record) -> None:
        headers = {"content-type": "application/json"}
        _ask("POST", f"{self.address}/_sandbox/{name}", json.dumps(document).encode(), headers)

    def _lines(self, name: str) -> list[Record]:
        body = _ask("GET", f"{self.address}/_sandbox/{name}", None, {}).body
        return [json.loads(line) for line in body.splitlines()]


def _ask(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> web.Answer:
    answer = web.request(method, url, body, headers, timeout_s=15)
    if answer.status >= HTTPStatus.BAD_REQUEST:
        place = url.partition("?")[0]
        raise OurFault(f"The demo failed: {method} {place} answered {answer.status}.")
    return answer

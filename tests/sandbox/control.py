"""A client of the control side."""

import json
from dataclasses import dataclass
from typing import Any

import httpx

from tests.servers.process import wait_until

Line = dict[str, Any]


@dataclass(frozen=True)
class Control:
    """What a test may ask of the sandbox and not of a vendor."""

    http: httpx.Client

    def journal(self, **where: str) -> list[Line]:
        return self.lines("journal", **where)

    def operations(self) -> list[str]:
        return [line["operation"] for line in self.journal()]

    def callbacks(self) -> list[Line]:
        return self.lines("callbacks")

    def webhooks(self) -> list[Line]:
        """What was sent, once nothing is on its way."""
        return wait_until(
            lambda: self._settled(self.lines("webhooks")), within=10, what="webhooks sent"
        )

    def fault(self, system: str, fault: str, **how: Any) -> Line:
        answer = self.http.post("/_sandbox/faults", json={"system": system, "fault": fault, **how})
        assert answer.status_code == 200, answer.text
        view: Line = answer.json()
        return view

    def change(self, system: str, kommun: str, kind: str, **what: Any) -> Line:
        posted = {"system": system, "kommun": kommun, "kind": kind, **what}
        answer = self.http.post("/_sandbox/changes", json=posted)
        assert answer.status_code == 200, answer.text
        made: Line = answer.json()
        return made

    def lines(self, name: str, **where: str) -> list[Line]:
        answer = self.http.get(f"/_sandbox/{name}", params=where)
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        return [json.loads(line) for line in answer.text.splitlines()]

    @staticmethod
    def _settled(sent: list[Line]) -> list[Line]:
        return [] if any(one["outcome"] == "pending" for one in sent) else sent

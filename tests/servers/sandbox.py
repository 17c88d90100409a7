"""What tests ask of a running sandbox."""

import json
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from tests.servers.process import wait_until

Line = dict[str, Any]


@dataclass(frozen=True)
class Sandbox:
    """Both vendor systems and the workflow that is told, behind one address."""

    url: str
    _http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=10))

    def journal(self, **where: str) -> list[Line]:
        """The effects in order; ``where``: ``system``, ``kommun``."""
        return self._lines(self._http.get(f"{self.url}/_sandbox/journal", params=where))

    def operations(self, **where: str) -> list[str]:
        """The journal's operations alone."""
        return [line["operation"] for line in self.journal(**where)]

    def callbacks(self) -> list[Line]:
        """What the built-in workflow was told, in order."""
        return self._lines(self._http.get(f"{self.url}/_sandbox/callbacks"))

    def fault(self, system: str, fault: str, **how: Any) -> None:
        """Lets calls to a vendor go wrong; ``times=1`` for the next one only."""
        self._post("faults", {"system": system, "fault": fault, **how})

    def struck(self) -> int:
        """How many calls have gone wrong by the faults that are on."""
        return sum(
            fault["struck"] for fault in self._http.get(f"{self.url}/_sandbox/faults").json()
        )

    def clear_faults(self) -> None:
        """Lets everything go right again."""
        assert self._http.delete(f"{self.url}/_sandbox/faults").is_success

    def change(self, system: str, kommun: str, kind: str, **what: Any) -> Any:
        """A person changes something there; ``what``: ``arende``, ``data``, ``webhook``."""
        return self._post("changes", {"system": system, "kommun": kommun, "kind": kind, **what})

    def reset(self) -> None:
        """Forgets all state, faults, journal and callbacks."""
        self._post("reset", {})

    def await_effects(self, count: int, *, within: float = 20, **where: str) -> list[Line]:
        """The journal, once it has so many lines."""
        wait_until(
            lambda: len(self.journal(**where)) >= count, within=within, what=f"{count} effects"
        )
        return self.journal(**where)

    def answers(self) -> bool:
        try:
            return self._http.get(f"{self.url}/livez").is_success
        except httpx.TransportError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def _post(self, name: str, document: Line) -> Any:
        answer = self._http.post(f"{self.url}/_sandbox/{name}", json=document)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    @staticmethod
    def _lines(answer: httpx.Response) -> list[Line]:
        assert answer.is_success, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

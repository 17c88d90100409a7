"""What comes of an event that is sent in, and what its sender may speak for."""

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong: where (JSON pointer into the event, or XPath) and what, in plain words.

    Of a content point of the handbook also: its Swedish name, who asks for it (``A:49`` is a line
    of a source), how much it weighs (``lag``, ``ska``, ``ska_om_inte``, ``bor``) and the rule.
    """

    pointer: str
    detail: str
    namn: str | None = None
    kalla: str | None = None
    vikt: str | None = None
    kod: str | None = None

    def document(self) -> dict[str, str]:
        """Its fields, without those that say nothing."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was refused: an HTTP status, a static code, a title and what is wrong."""

    status: int
    code: str
    title: str
    errors: tuple[Violation, ...] = ()

    def document(self) -> dict[str, Any]:
        """The problem as RFC 9457 has it, with our static ``code`` and the places of the faults."""
        content: dict[str, Any] = {
            "type": f"urn:bbic-bridge:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.errors:
            content["errors"] = [violation.document() for violation in self.errors]
        return content


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one event. ``id`` is the event's own id, where one could be read."""

    id: str | None
    status: Literal["accepted", "duplicate", "rejected"]
    problem: Problem | None = None

    def document(self) -> dict[str, Any]:
        """The answer as both faces tell it."""
        content: dict[str, Any] = {"id": self.id, "status": self.status}
        if self.problem is not None:
            content["problem"] = self.problem.document()
        return content


@dataclass(frozen=True, slots=True)
class Grant:
    """What a caller may speak for: CloudEvents sources and kommuner; ``*`` is all."""

    sources: tuple[str, ...] = ("*",)
    kommuner: tuple[str, ...] = ("*",)

    def allows(self, source: str, kommun: str) -> bool:
        return self.allows_source(source) and self.allows_kommun(kommun)

    def allows_source(self, source: str) -> bool:
        return "*" in self.sources or source in self.sources

    def allows_kommun(self, kommun: str) -> bool:
        return "*" in self.kommuner or kommun in self.kommuner

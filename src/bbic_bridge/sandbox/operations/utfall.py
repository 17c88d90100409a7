"""What the operations share: their outcome, and what they look up in the register."""

from dataclasses import dataclass

from bbic_bridge.sandbox.records import Affarsfel, Beslut, Lank, Person, Skrivning
from bbic_bridge.sandbox.register import Register


@dataclass(frozen=True, slots=True)
class Utfall:
    """What became of a message: the vendor's id of what it was about, and the links to tell."""

    objekt: str
    lankar: tuple[Lank, ...] = ()


def barnet(register: Register, s: Skrivning) -> Person:
    return register.person(s.personnummer, s.namn, s.skydd, s.arende)


def beslutet(register: Register, s: Skrivning) -> Beslut:
    beslut = register.beslut.senaste(s.arende, s.data["beslut_id"], s.nr.get("beslut"))
    if beslut is None:
        raise Affarsfel("BESLUT_SAKNAS", "Beslutet finns inte i ärendet.")
    return beslut


def lank(typ: str, eget_id: str | None, nr: str) -> tuple[Lank, ...]:
    return (Lank(typ, eget_id, nr),) if eget_id else ()

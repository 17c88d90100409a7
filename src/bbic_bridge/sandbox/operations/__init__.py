"""What a vendor does with each message: its rules, its effect, and the ids it hands out.

The rules are the same at both vendors; only their words on the wire differ. Nothing here knows
of idempotency: the same message twice is two effects. A function either brings its whole effect
about or raises ``Affarsfel`` and leaves the register as it was.
"""

from collections.abc import Callable

from bbic_bridge.sandbox.operations import insatser, journal
from bbic_bridge.sandbox.operations.utfall import Utfall
from bbic_bridge.sandbox.records import Skrivning
from bbic_bridge.sandbox.register import Register

OPERATIONER: dict[tuple[str, str | None], Callable[[Register, Skrivning], Utfall]] = {
    ("registrera_beslut", None): insatser.registrera_beslut,
    ("verkstall_beslut", None): insatser.verkstall_beslut,
    ("tilldela_resurs", None): insatser.tilldela_resurs,
    ("vidarebefordra_uppdrag", None): journal.vidarebefordra_uppdrag,
    ("aterkalla_uppdrag", None): journal.aterkalla_uppdrag,
    ("registrera_dokument", None): journal.registrera_dokument,
    ("skapa_aktanteckning", None): journal.skapa_aktanteckning,
    ("ratta_aktanteckning", None): journal.ratta_aktanteckning,
    ("avsluta_insats_och_resurs", "resurs"): insatser.avsluta_resurs,
    ("avsluta_insats_och_resurs", "insats"): insatser.avsluta_insats,
}


def utfor(register: Register, skrivning: Skrivning) -> Utfall:
    """Carries a message out.

    Raises:
        Affarsfel: the vendor's rules forbid it; nothing has changed.
    """
    return OPERATIONER[skrivning.operation, skrivning.effekt](register, skrivning)

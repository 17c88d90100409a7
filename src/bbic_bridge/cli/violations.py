"""What is wrong with an event, or was told of it, in one line."""

from bbic_bridge.services.views.accepting import Violation


def told(violation: Violation) -> str:
    """``/data/bedomning: Uppgiften saknas. (Nämndens bedömning av barnets behov, B:20, ska)``."""
    line = f"{violation.pointer or '(whole event)'}: {violation.detail}"
    point = ", ".join(word for word in (violation.namn, violation.kalla, violation.vikt) if word)
    return f"{line} ({point})" if point else line

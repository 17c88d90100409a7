"""Where a fact of the handbook holds."""

from bbic_bridge.handbook.fakta import KOMMUNVIDA
from bbic_bridge.store.facts import EVERYWHERE, ScopedFact


def scoped(arende: str, fact: str) -> ScopedFact:
    """A fact with where it holds: in its ärende, or in the whole kommun."""
    return (EVERYWHERE if fact.partition(":")[0] in KOMMUNVIDA else arende, fact)

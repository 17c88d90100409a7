"""The promises by topic, and how each is broken."""

from collections.abc import Mapping, Sequence

from tests.broken.breakage import Breakage
from tests.broken.topics import (
    ambiguous,
    at_rest,
    audit,
    breaker,
    claims,
    health,
    intake,
    out_of_sight,
    replay_jobs,
    restore,
    retention,
    sequences,
    tls,
)

TOPICS: Mapping[str, Sequence[Breakage]] = {
    "claims": claims.BROKEN,
    "ambiguous outcome": ambiguous.BROKEN,
    "sequences": sequences.BROKEN,
    "breaker": breaker.BROKEN,
    "replay jobs": replay_jobs.BROKEN,
    "health": health.BROKEN,
    "intake": intake.BROKEN,
    "at rest": at_rest.BROKEN,
    "out of sight": out_of_sight.BROKEN,
    "audit": audit.BROKEN,
    "retention": retention.BROKEN,
    "restore": restore.BROKEN,
    "TLS": tls.BROKEN,
}

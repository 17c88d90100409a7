"""The tables. Times are integer microseconds since 1970 UTC; sealed columns hold envelopes.

Leases are on another clock (``engine.LeaseClock``): seconds that no one can set back.
"""

from bbic_bridge.store.schema.access import audit, sealers, tokens
from bbic_bridge.store.schema.base import PRUNED, Sealed, metadata
from bbic_bridge.store.schema.cases import case_persons, cases, events, holds, inbox, pruned_cases
from bbic_bridge.store.schema.feed import feed
from bbic_bridge.store.schema.handbook import avvikelser, frist_rules, frister, notiser
from bbic_bridge.store.schema.health import alerts, parts, totals, turns
from bbic_bridge.store.schema.keys import data_keys, index_checks
from bbic_bridge.store.schema.replays import replay_items, replay_jobs
from bbic_bridge.store.schema.sending import (
    attempts,
    deliveries,
    earlier_payloads,
    facts,
    gives,
    lanes,
    needs,
    pauses,
    recoveries,
)
from bbic_bridge.store.schema.vendors import identities, vendor_changes, watermarks

__all__ = [
    "PRUNED",
    "Sealed",
    "alerts",
    "attempts",
    "audit",
    "avvikelser",
    "case_persons",
    "cases",
    "data_keys",
    "deliveries",
    "earlier_payloads",
    "events",
    "facts",
    "feed",
    "frist_rules",
    "frister",
    "gives",
    "holds",
    "identities",
    "inbox",
    "index_checks",
    "lanes",
    "metadata",
    "needs",
    "notiser",
    "parts",
    "pauses",
    "pruned_cases",
    "recoveries",
    "replay_items",
    "replay_jobs",
    "sealers",
    "tokens",
    "totals",
    "turns",
    "vendor_changes",
    "watermarks",
]

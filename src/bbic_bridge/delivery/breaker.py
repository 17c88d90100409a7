"""The breaker: what an attempt tells of its lane. Pure.

A vendor that is down costs one real delivery per interval, not an attempt of every message. Only
what befell the line counts; what one message deserved (refused, unmappable, answered wrongly) does
not.
"""

from dataclasses import replace
from enum import Enum, auto

from bbic_bridge.delivery.errors import Contract, DeliveryError, Rejected
from bbic_bridge.delivery.lanes import SECOND, Lane, LaneState, Rules, probe_interval


class Verdict(Enum):
    """What an attempt or look-up tells of the line to the vendor."""

    ANSWERED = auto()
    """The vendor took, refused or showed what it was asked about."""
    SILENT = auto()
    """No connection, no answer in time, or one that says that it is ill."""
    BROKEN = auto()
    """An answer that breaks the contract: the message's fault, or whoever answers there now."""
    NOTHING = auto()
    """Nobody was asked, or what was asked proves nothing."""


def verdict_of(error: DeliveryError) -> Verdict:
    """What an error tells of the line."""
    if error.unreachable:
        return Verdict.SILENT
    if isinstance(error, Contract):
        return Verdict.BROKEN
    return Verdict.ANSWERED if isinstance(error, Rejected) else Verdict.NOTHING


def after(
    lane: Lane, verdict: Verdict, now: int, rules: Rules, retry_after: float | None = None
) -> Lane:
    """The lane after an attempt; the same one if nothing changes.

    Args:
        retry_after: seconds that the vendor asked us to wait; they hold the whole lane.
    """
    if lane.state is LaneState.CLOSED:
        lane = _while_closed(lane, verdict, now, rules)
    elif verdict is Verdict.ANSWERED:
        return Lane(
            lane.kommun,
            lane.system,
            changed_at=now,
            tokens=lane.tokens,
            filled_at=lane.filled_at,
            served_at=lane.served_at,
            fetch_from=lane.fetch_from,
            fetch_until=lane.fetch_until,
        )
    elif lane.state is LaneState.HALF_OPEN:
        lane = _after_probe(lane, verdict, now, rules)
    elif verdict is Verdict.SILENT:  # begun before it opened
        lane = replace(lane, failures=lane.failures + 1)
    return lane if retry_after is None else held(lane, now, retry_after)


def held(lane: Lane, now: int, seconds: float) -> Lane:
    """The lane, of which nothing is taken for so long."""
    return _held(lane, now, int(seconds * SECOND))


def _while_closed(lane: Lane, verdict: Verdict, now: int, rules: Rules) -> Lane:
    if verdict is Verdict.ANSWERED:
        return replace(lane, failures=0) if lane.failures else lane
    if verdict is not Verdict.SILENT:
        return lane
    lane = replace(lane, failures=lane.failures + 1)
    if lane.failures < rules.failures:
        return lane
    opened = replace(lane, state=LaneState.OPEN, changed_at=now, probes=0)
    return _held(opened, now, probe_interval(0, rules))


def _after_probe(lane: Lane, verdict: Verdict, now: int, rules: Rules) -> Lane:
    if verdict is Verdict.NOTHING:  # the next may go at once: the vendor was spared this one
        return replace(lane, state=LaneState.OPEN, held_until=now)
    failures = lane.failures + (verdict is Verdict.SILENT)
    lane = replace(lane, state=LaneState.OPEN, failures=failures, probes=lane.probes + 1)
    return replace(lane, held_from=now, held_until=now + probe_interval(lane.probes, rules))


def _held(lane: Lane, now: int, micros: int) -> Lane:
    # What a clock that was set back since had held it until, counts no more.
    before = lane.held_until if lane.is_held(now) else now
    return replace(lane, held_from=now, held_until=max(before, now + micros))

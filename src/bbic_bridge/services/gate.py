"""The gate before sending: pauses, and what each attempt tells of its lane."""

from dataclasses import dataclass

from bbic_bridge import telemetry
from bbic_bridge.delivery import breaker
from bbic_bridge.delivery.breaker import Verdict
from bbic_bridge.delivery.lanes import SECOND, Lane, LaneState
from bbic_bridge.services.audit import note
from bbic_bridge.services.bridge import BRIDGE, Bridge
from bbic_bridge.services.views.lanes import LaneView, PauseView
from bbic_bridge.store.claims import Claim
from bbic_bridge.store.lanes import LaneKey, keep_lanes, lane_to_judge, lanes_of
from bbic_bridge.store.pauses import Pause, Selection, add_pause, end_pauses, pauses_of
from bbic_bridge.store.queues import ANY
from bbic_bridge.store.times import moment
from bbic_bridge.store.tx import Tx

log = telemetry.get_logger()


@dataclass(frozen=True, slots=True)
class Told:
    """What an attempt tells of its lane; ``retry_after`` is how long the vendor asked us to wait,
    in seconds."""

    verdict: Verdict = Verdict.NOTHING
    retry_after: float | None = None


SAYS_NOTHING = Told()


@dataclass(frozen=True, slots=True)
class Turn:
    """A lane's vendor has fallen silent, or answers again, and how it was before."""

    before: Lane
    after: Lane


def pause(bridge: Bridge, selection: Selection, *, actor: str, reason: str = "") -> bool:
    """Stops sending what the selection means; what is under way ends. Audited.

    Returns:
        False where it was paused already: then nothing is changed or audited.
    """

    def job(tx: Tx) -> bool:
        if not add_pause(tx, selection, actor):
            return False
        note(tx, actor, "pause", str(selection), _owner(selection), {"reason": reason})
        return True

    return bridge.store.write(job)


def resume(
    bridge: Bridge, selection: Selection, *, actor: str, reason: str = ""
) -> tuple[list[PauseView], list[PauseView]]:
    """Ends the pauses that lie within the selection. Audited.

    Returns:
        Those that were ended, and those that still hold some of what the selection means.
    """

    def job(tx: Tx) -> tuple[list[PauseView], list[PauseView]]:
        found = pauses_of(tx)
        ended = [one.selection for one in found if selection.covers(one.selection)]
        end_pauses(tx, ended)
        for one in ended:
            note(tx, actor, "resume", str(one), _owner(one), {"reason": reason})
        left = [one for one in found if one.selection not in ended]
        return (
            [_pause_view(one) for one in found if one.selection in ended],
            [_pause_view(one) for one in left if one.selection.meets(selection)],
        )

    return bridge.store.write(job)


def pauses(tx: Tx) -> tuple[PauseView, ...]:
    """All pauses, the oldest first."""
    return tuple(_pause_view(one) for one in pauses_of(tx))


def lanes(tx: Tx) -> tuple[LaneView, ...]:
    """Every lane that anything was ever taken from, by kommun and system."""
    return tuple(_lane_view(lane, tx.now) for lane in lanes_of(tx.connection))


def lanes_to_lock(claim: Claim, told: Told) -> list[LaneKey]:
    """The lane, where the attempt is sure to be written of it."""
    return [(claim.kommun, claim.system)] if _is_sure(claim, told) else []


def judge(bridge: Bridge, tx: Tx, claim: Claim, told: Told) -> Turn | None:
    """Writes what an attempt tells of its lane, in the transaction that records the attempt."""
    sure = _is_sure(claim, told)
    if not sure and told.verdict is not Verdict.ANSWERED:
        return None
    key = (claim.kommun, claim.system)
    lane = lane_to_judge(tx.connection, key, only_in_trouble=not sure)
    if lane is None:
        return None
    after = breaker.after(lane, told.verdict, tx.now, bridge.rules(*key), told.retry_after)
    keep_lanes(tx.connection, [after] if after != lane else [])
    turned = (lane.state is LaneState.CLOSED) is not (after.state is LaneState.CLOSED)
    return Turn(lane, after) if turned else None


def log_turn(turn: Turn, code: str | None) -> None:
    """Tells, once, that a lane's vendor has fallen silent or answers again."""
    before, after = turn.before, turn.after
    if after.state is LaneState.CLOSED:
        silent_s = (after.changed_at - before.changed_at) / SECOND
        log.info("lane_closed", kommun=after.kommun, system=after.system, seconds=silent_s)
    else:
        log.warning(
            "lane_opened",
            kommun=after.kommun,
            system=after.system,
            count=after.failures,
            code=code,
        )


def _is_sure(claim: Claim, told: Told) -> bool:
    return claim.probe or told.verdict is Verdict.SILENT


def _owner(selection: Selection) -> str:
    """Whose key seals the audit row's details."""
    return BRIDGE if selection.kommun == ANY else selection.kommun


def _pause_view(pause: Pause) -> PauseView:
    return PauseView(*pause.selection.words, actor=pause.actor, since=moment(pause.at))


def _lane_view(lane: Lane, now: int) -> LaneView:
    return LaneView(
        kommun=lane.kommun,
        system=lane.system,
        state=lane.state.value,
        since=moment(lane.changed_at) if lane.changed_at else None,
        next_probe=moment(lane.held_until) if lane.is_held(now) else None,
        failures=lane.failures,
    )

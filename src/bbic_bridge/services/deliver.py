"""Carrying a delivery: claim, map, send, read back, record.

The order here is the promise: the attempt is counted and the lease checked before any byte
leaves; what happened and what it makes possible is written in one transaction afterwards.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bbic_bridge import telemetry
from bbic_bridge.delivery import decide
from bbic_bridge.delivery.breaker import Verdict, verdict_of
from bbic_bridge.delivery.errors import (
    Ambiguous,
    ConfigurationError,
    Contract,
    DeliveryError,
    NeedsPerson,
    Rejected,
    Transient,
)
from bbic_bridge.delivery.ports import Finding, Link, Order, VendorSystem
from bbic_bridge.delivery.reference import fresh_id
from bbic_bridge.delivery.states import State
from bbic_bridge.security.envelope import CannotOpen
from bbic_bridge.services import record
from bbic_bridge.services.bridge import WORKFLOW, Bridge
from bbic_bridge.services.gate import SAYS_NOTHING, Told
from bbic_bridge.services.orders import order_of, system_name
from bbic_bridge.services.sending import is_stopped
from bbic_bridge.store.claims import Claim, LeaseLost, Taken
from bbic_bridge.store.deliveries import Attempt
from bbic_bridge.store.times import micros, moment
from bbic_bridge.store.tx import Tx
from bbic_bridge.store.versions import request_of

LEASE_MARGIN_S = 1.0
T = TypeVar("T")
log = telemetry.get_logger()


@dataclass(frozen=True, slots=True)
class _Work:
    claim: Claim
    system: VendorSystem
    policy: decide.Policy
    order: Order
    links: tuple[Link, ...]
    kept: bytes | None = None


def take(bridge: Bridge, limit: int) -> Taken:
    """Claims up to ``limit`` due deliveries for this process, and tells why no more."""
    lease_s = bridge.settings.worker.lease_s

    def job(tx: Tx) -> Taken:
        if is_stopped(tx):
            return Taken()
        return tx.claims.take(tx.connection, tx.now, limit, lease_s, bridge.rules)

    return bridge.store.claim(job)


def claim(bridge: Bridge, limit: int) -> list[Claim]:
    """The claims alone."""
    return list(take(bridge, limit).claims)


def give_back(bridge: Bridge, claims: Sequence[Claim]) -> None:
    """Returns claims that were not begun, as they were."""
    bridge.store.write(lambda tx: tx.claims.release(tx.connection, claims, tx.now))


def carry(bridge: Bridge, claim: Claim) -> None:
    """Takes one claimed delivery as far as it goes now, and records it.

    Never raises for what a vendor did. A lost lease ends it silently: somebody else has it.
    """
    try:
        record.record(bridge, claim, _outcome_of(bridge, claim))
    except LeaseLost:
        log.warning("lease_lost", delivery=claim.id, operation=claim.operation)


def _outcome_of(bridge: Bridge, claim: Claim) -> record.Outcome:
    started = bridge.clock()
    try:
        work = _load(bridge, claim)
    except (ConfigurationError, CannotOpen) as error:
        log.error("delivery_not_loadable", delivery=claim.id, error=telemetry.error_name(error))
        then = decide.Next(State.WITH_PERSON, None, "with_person", "not_loadable")
        return _outcome(claim, "load", (started, started), then)
    return _send(bridge, work) if claim.is_to_send else _check(bridge, work)


def needed_s(bridge: Bridge, claim: Claim) -> float:
    """How much of the lease must remain before sending: the whole request and a margin."""
    if claim.system == WORKFLOW:
        callback = bridge.settings.callback
        return (callback.timeout_s if callback else 0) + LEASE_MARGIN_S
    return bridge.settings.kommun[claim.kommun].timeout_s + LEASE_MARGIN_S


def _load(bridge: Bridge, claim: Claim) -> _Work:
    with bridge.store.read() as tx:
        order, own = order_of(tx, claim, looking=not claim.is_to_send)
        kept = request_of(tx, claim.kommun, claim.resend) if claim.resend else None
    name = system_name(claim)
    return _Work(claim, bridge.systems(name), bridge.policy(name), order, own, kept)


def _send(bridge: Bridge, work: _Work) -> record.Outcome:
    claim, order = work.claim, work.order
    started = bridge.clock()
    try:
        body = _asked(work, lambda: _body(work), NeedsPerson)
    except DeliveryError as error:
        history, ended = _history(claim, claim.attempts, started), bridge.clock()
        then = decide.after_error(error, history, ended, work.policy)
        return _outcome(claim, "map", (started, ended), then, error=error)
    needed = needed_s(bridge, claim)
    asked_at = time.monotonic()
    left_s = bridge.store.write(lambda tx: tx.claims.begin(tx.connection, claim, needed, tx.now))
    if left_s - (time.monotonic() - asked_at) < needed - LEASE_MARGIN_S:
        # The write stood still since the lease was checked: what is left is too short a time.
        raise LeaseLost(claim.id)
    try:
        receipt = work.system.send(order, body)
    except DeliveryError as error:
        return _after_failed_send(bridge, work, started, error, body)
    except Exception as error:  # noqa: BLE001  our own fault must not look like "not sent"
        log.error("adapter_fault", delivery=claim.id, error=telemetry.error_name(error))
        return _after_failed_send(bridge, work, started, Ambiguous("internal_error"), body)
    finding = Finding("found") if receipt.final else _read_back(work, receipt.links)
    ended = bridge.clock()
    history = _history(claim, claim.attempts + 1, ended)
    then = decide.after_accepted(finding, history, ended, work.policy)
    links = receipt.links + (finding.links if finding else ())
    return _outcome(
        claim,
        "send",
        (started, ended),
        then,
        links=links,
        answer=receipt.answer,
        request=body,
        told=Told(Verdict.ANSWERED),
    )


def _body(work: _Work) -> bytes:
    """What to send: mapped anew, or the very bytes of an earlier attempt where a person said so."""
    if work.claim.resend is None:
        return work.system.prepare(work.order)
    if not work.kept:
        raise NeedsPerson("bytes_not_kept")
    return work.kept


def _after_failed_send(
    bridge: Bridge, work: _Work, started: datetime, error: DeliveryError, body: bytes
) -> record.Outcome:
    ended = bridge.clock()
    history = _history(work.claim, work.claim.attempts + 1, ended)
    then = decide.after_error(error, history, ended, work.policy)
    return _outcome(
        work.claim, "send", (started, ended), then, error=error, request=body, told=_told(error)
    )


def _read_back(work: _Work, links: tuple[Link, ...]) -> Finding | None:
    """What was accepted must be recorded, whether it can be read back now or not."""
    try:
        return _asked(work, lambda: work.system.find(work.order, links), Transient)
    except DeliveryError:
        return None


def _asked(work: _Work, question: Callable[[], T], otherwise: type[DeliveryError]) -> T:
    """Asks the adapter; a fault of its own becomes a delivery's error, so that it is recorded."""
    try:
        return question()
    except DeliveryError:
        raise
    except Exception as error:  # noqa: BLE001  else it would be tried again for ever, unseen
        log.error("adapter_fault", delivery=work.claim.id, error=telemetry.error_name(error))
        raise otherwise("internal_error") from None


def _check(bridge: Bridge, work: _Work) -> record.Outcome:
    """Verifies what was accepted, or looks up what may have happened."""
    claim, started = work.claim, bridge.clock()
    ended_at = moment(claim.ended_at) if claim.ended_at is not None else started
    history = _history(claim, claim.attempts, ended_at, started)
    action = "verify" if claim.was is State.SENT else "look_up"
    try:
        finding = _asked(work, lambda: work.system.find(work.order, work.links), Transient)
    except DeliveryError as error:
        now = bridge.clock()
        if claim.was is State.SENT:
            then = decide.after_accepted(None, history, now, work.policy)
        else:
            then = decide.cannot_ask(error, history, now)
        return _outcome(claim, action, (started, now), then, error=error, told=_told(error))
    now = bridge.clock()
    if claim.was is State.SENT:
        then = decide.after_accepted(finding, history, now, work.policy)
    else:
        then = decide.after_look_up(finding, history, now, work.policy)
    # That something is not there may be told by a vendor that can be read and not be written to.
    found = Verdict.ANSWERED if finding.outcome == "found" else Verdict.NOTHING
    return _outcome(
        claim,
        action,
        (started, now),
        then,
        links=finding.links,
        answer=finding.answer,
        told=Told(found),
    )


def _told(error: DeliveryError) -> Told:
    return Told(verdict_of(error), error.retry_after if error.unreachable else None)


def _history(
    claim: Claim, attempts: int, ended_at: datetime, started: datetime | None = None
) -> decide.History:
    """What has been; a delivery that was just replayed begins anew, with its patience."""
    replayed = claim.first_try_at is None
    first = moment(claim.first_try_at) if claim.first_try_at is not None else started or ended_at
    return decide.History(
        attempts=min(attempts, 1) if replayed else attempts,
        checks=claim.checks,
        first_try_at=first,
        ended_at=ended_at,
        absent_for_s=claim.absent_for_s,
        contract=claim.error_kind == Contract.kind,
        refused=claim.error_kind == Rejected.kind,
    )


def _outcome(
    claim: Claim,
    action: str,
    lasted: tuple[datetime, datetime],
    then: decide.Next,
    *,
    links: tuple[Link, ...] = (),
    answer: bytes = b"",
    error: DeliveryError | None = None,
    request: bytes = b"",
    told: Told = SAYS_NOTHING,
) -> record.Outcome:
    (started, ended), sent = lasted, action == "send"
    attempt = Attempt(
        id=fresh_id(),
        number=claim.attempts + sent,
        effect=claim.effect,
        action=action,
        started_at=micros(started),
        ended_at=micros(ended),
        outcome=then.state.value,
        error_kind=error.kind if error else then.kind,
        error_code=error.code if error else then.code,
        reason=error.reason if error else "",
        answer=(error.answer or b"") if error else answer,
        request=request,
        version=claim.version if sent else None,
    )
    return record.Outcome(then, attempt, links, sent=sent, ended_at=ended, told=told)

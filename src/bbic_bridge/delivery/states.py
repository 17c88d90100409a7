"""The states of a delivery, and what each means to an operator."""

from enum import StrEnum


class State(StrEnum):
    """Where a delivery stands. Nothing leaves a terminal state."""

    WAITING = "waiting"
    READY = "ready"
    CLAIMED = "claimed"
    SENT = "sent"
    VERIFIED = "verified"
    RETRYING = "retrying"
    AMBIGUOUS = "ambiguous"
    WITH_PERSON = "with_person"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


MEANING: dict[State, str] = {
    State.WAITING: "waits for something that must come first",
    State.READY: "may be sent now",
    State.CLAIMED: "a worker is sending it",
    State.SENT: "the vendor accepted it; not yet read back",
    State.VERIFIED: "done: the effect was read back",
    State.RETRYING: "will be tried again at its time",
    State.AMBIGUOUS: "may have happened; is looked up before anything else",
    State.WITH_PERSON: "only a person can decide",
    State.FAILED: "the vendor refused, or it was tried for too long; replay when corrected",
    State.SKIPPED: "was done outside the bridge",
    State.CANCELLED: "shall never be done",
}
TERMINAL = frozenset({State.VERIFIED, State.SKIPPED, State.CANCELLED})
NEEDS_PERSON = frozenset({State.FAILED, State.WITH_PERSON})
REPLAYABLE = frozenset({State.FAILED, State.WITH_PERSON, State.RETRYING, State.AMBIGUOUS})
CANCELLABLE = frozenset({State.WAITING, State.READY, State.RETRYING, *NEEDS_PERSON})
SKIPPABLE = CANCELLABLE | {State.AMBIGUOUS}
SENDABLE = frozenset({State.READY, State.RETRYING})

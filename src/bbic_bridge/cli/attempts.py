"""A delivery's attempts as people read them: look-ups that found the same are one line."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from bbic_bridge.cli.output import when
from bbic_bridge.services.views.deliveries import AttemptView

COLUMNS = ("try", "effect", "did", "when", "led to", "error", "reason")
ASKING = {"look_up": "look-up", "verify": "read-back"}
NOT_FOUND = frozenset({"not_settled", "looked_up_absent"})
Row = tuple[object, ...]


def rows(attempts: Iterable[AttemptView]) -> Iterator[Row]:
    """A line for every attempt, and one for look-ups in a row that came to the same."""
    for _, alike in groupby(attempts, _kind):
        yield _row(tuple(alike))


def _kind(attempt: AttemptView) -> Row:
    """The same for attempts that need not be told apart; what was sent always is."""
    told = (attempt.number, attempt.effect, attempt.action, attempt.outcome)
    error = (attempt.error_kind, attempt.error_code, attempt.reason, attempt.answer)
    return (*told, *error, None if attempt.action in ASKING else attempt.started_at)


def _row(alike: Sequence[AttemptView]) -> Row:
    first, last = alike[0], alike[-1]
    error = " ".join(word for word in (first.error_kind, first.error_code) if word)
    return (
        *(first.number, first.effect or "", _did(first, len(alike))),
        *(_span(first, last), first.outcome, error, first.reason),
    )


def _did(attempt: AttemptView, count: int) -> str:
    word = ASKING.get(attempt.action, attempt.action)
    told = f"{count} {word}s" if count > 1 else word
    return f"{told}, not found" if attempt.error_code in NOT_FOUND else told


def _span(first: AttemptView, last: AttemptView) -> str:
    """From when to when; the date once where it is the same, and one time where they are."""
    began, ended = when(first.started_at), when(last.ended_at)
    if began == ended:
        return began
    same_day = began[:10] == ended[:10]
    return f"{began} to {ended[11:] if same_day else ended}"

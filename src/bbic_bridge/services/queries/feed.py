"""What the workflow is told, page by page."""

from collections.abc import Sequence

from bbic_bridge.services import audit
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.masking import masked_event
from bbic_bridge.services.views.feed import FeedPage
from bbic_bridge.store.feed import last_in_feed, read_feed

_CURSOR_DIGITS = 18


def feed(
    bridge: Bridge,
    after: str | None,
    limit: int,
    kommuner: Sequence[str],
    *,
    reveal: bool = False,
) -> FeedPage:
    """What the workflow is told after a cursor.

    Args:
        reveal: for the workflow itself; else what may be text is masked.

    Raises:
        ValueError: the cursor is not one of ours.
    """
    if after is not None and not (
        after.isascii() and after.isdigit() and len(after) <= _CURSOR_DIGITS
    ):
        raise ValueError("the cursor is not one of this feed's")
    start = int(after or 0)
    audit.seal(bridge)
    with bridge.store.read() as tx:
        if start > last_in_feed(tx):
            raise ValueError("the cursor lies beyond the end of the feed")
        rows = read_feed(tx, start, limit, kommuner)
    last = rows[-1][0] if rows else start
    events = (event if reveal else masked_event(event) for _, event in rows)
    return FeedPage(events=tuple(events), cursor=str(last))

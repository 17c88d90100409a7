"""Nobody's backlog stands before another's: lanes in turn, operations in turn."""

from hypothesis import given
from hypothesis import strategies as st

from bbic_bridge.delivery.fairness import Queue, share
from bbic_bridge.delivery.lanes import Lane


def queue(kommun: str, operation: str = "a", due_at: int = 0) -> Queue:
    return Queue(kommun, "procapita", operation, due_at)


def lane(kommun: str, served_at: int = 0) -> Lane:
    return Lane(kommun, "procapita", served_at=served_at)


def given_to(shares: dict[Queue, int]) -> dict[str, int]:
    return {f"{one.kommun}/{one.operation}": count for one, count in shares.items()}


def test_lanes_give_in_turn() -> None:
    queues = [queue("a"), queue("b"), queue("c")]
    rooms: dict[Lane, int | None] = {lane("a"): None, lane("b"): 1, lane("c"): 0}
    assert given_to(share(queues, rooms, 5)) == {"a/a": 4, "b/a": 1}


def test_the_lane_that_was_served_longest_ago_gives_first_however_old_the_others_are() -> None:
    queues = [queue("a", due_at=1), queue("b", due_at=99)]
    assert given_to(share(queues, {lane("a", 7): None, lane("b", 3): None}, 1)) == {"b/a": 1}
    assert given_to(share(queues, {lane("a", 3): None, lane("b", 3): None}, 1)) == {"a/a": 1}


def test_operations_of_a_lane_give_in_turn_the_longest_due_first() -> None:
    queues = [queue("a", "young", 9), queue("a", "old", 1)]
    assert given_to(share(queues, {lane("a"): None}, 1)) == {"a/old": 1}
    assert given_to(share(queues, {lane("a"): 3}, 9)) == {"a/old": 2, "a/young": 1}


def test_a_lane_that_is_not_ours_to_take_from_gives_nothing() -> None:
    assert share([queue("a")], {}, 5) == {}


@given(
    rooms=st.lists(st.none() | st.integers(0, 9), min_size=1, max_size=9),
    operations=st.integers(1, 3),
    limit=st.integers(1, 40),
)
def test_the_limit_is_used_as_far_as_there_is_room_and_never_exceeded(
    rooms: list[int | None], operations: int, limit: int
) -> None:
    queues = [queue(str(n), str(o)) for n in range(len(rooms)) for o in range(operations)]
    by_lane: dict[Lane, int | None] = {lane(str(n)): most for n, most in enumerate(rooms)}
    shares = share(queues, by_lane, limit)
    room = limit if None in rooms else sum(most or 0 for most in rooms)
    assert sum(shares.values()) == min(limit, room)
    for one, most in by_lane.items():
        taken = sum(count for each, count in shares.items() if each.lane == one.key)
        assert most is None or taken <= most

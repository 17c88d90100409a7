"""References: the same for the same intent, for ever."""

from datetime import UTC, datetime, timedelta, timezone

from bbic_bridge.delivery.reference import fresh_id, reference

AT = datetime(2026, 2, 20, 8, 30, tzinfo=UTC)
INTENT = ("/handbok/malmo", "kf-malmo-19", "skapa_aktanteckning", "0")


def test_a_reference_never_changes() -> None:
    """What vendors hold are these very characters: another formula would miss them."""
    assert reference(AT, *INTENT) == "01KHX2Q2T04DCSC0Q6E42GGCD2"


def test_the_same_moment_in_another_zone_gives_the_same() -> None:
    stockholm = timezone(timedelta(hours=1))
    assert reference(AT.astimezone(stockholm), *INTENT) == reference(AT, *INTENT)


def test_any_other_intent_or_time_gives_another() -> None:
    others = [(*INTENT[:number], "x", *INTENT[number + 1 :]) for number in range(len(INTENT))]
    found = {reference(AT, *intent) for intent in (INTENT, *others)}
    assert len(found | {reference(AT + timedelta(milliseconds=1), *INTENT)}) == 6


def test_the_parts_of_an_intent_do_not_run_together() -> None:
    assert reference(AT, "ab", "c") != reference(AT, "a", "bc")


def test_references_sort_by_the_events_time() -> None:
    later = AT + timedelta(milliseconds=1)
    assert reference(AT, "b") < reference(later, "a")


def test_a_time_before_1970_still_gives_a_reference() -> None:
    assert len(reference(datetime(1950, 1, 1, tzinfo=UTC), "a")) == 26


def test_a_fresh_id_is_another_each_time() -> None:
    assert fresh_id() != fresh_id()

"""Differences: where two documents or messages differ, and never what, unless revealed."""

from bbic_bridge.services.differences import Change, changes, hidden, message_changes

BEFORE = {"barn": {"namn": "Kim"}, "mal": ["a", "b"], "datum": "2026-01-01", "lika": 1}
AFTER = {"barn": {"namn": "Bo"}, "mal": ["a"], "datum": "2026-01-02", "lika": 1, "ny": True}


def test_each_value_that_differs_is_named() -> None:
    assert changes(BEFORE, AFTER) == (
        Change("/barn/namn", "Kim", "Bo"),
        Change("/mal/1", "b", None),
        Change("/datum", "2026-01-01", "2026-01-02"),
        Change("/ny", None, True),
    )
    assert changes(BEFORE, BEFORE) == ()


def test_what_names_no_one_may_be_seen() -> None:
    shown = [hidden(change) for change in changes(BEFORE, AFTER)]
    assert [(one.before, one.after) for one in shown] == [
        ("•••", "•••"),
        ("•••", None),
        ("2026-01-01", "2026-01-02"),
        (None, True),
    ]


def test_messages_are_compared_by_elements_and_attributes() -> None:
    old = b'<a xmlns="urn:x"><b typ="1">Kim</b><b typ="1">Bo</b><c/></a>'
    new = b'<a xmlns="urn:x"><b typ="2">Kim</b><b typ="1">Bo</b><d>x</d></a>'
    assert message_changes(old, new) == (
        Change("/a/b[1]/@typ", "1", "2"),
        Change("/a/c", "", None),
        Change("/a/d", None, "x"),
    )


def test_other_messages() -> None:
    assert message_changes(b'{"a": [1]}', b'{"a": [2]}') == (Change("/a/0", 1, 2),)
    assert message_changes(b"x", b"x") == ()
    assert message_changes(b"x", b"yy") == (Change("", "1 bytes", "2 bytes"),)
    (same,) = message_changes(b'{"a": 1}', b'{"a":1}')
    assert (same.before, hidden(same)) == ("the same content", same)

"""The file in which the sandbox remembers: whole lines only, one writer, nobody else reads it."""

import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbic_bridge.sandbox.history import History, HistoryUnusable, Line

AT = datetime(2026, 3, 2, 12, 0, 0, 5, tzinfo=UTC)


def line(number: int, text: str = "Två\nrader\u2028\ud800") -> Line:
    return Line("thing", AT, {"number": number, "text": text})


@contextmanager
def _room_for(size: int) -> Iterator[None]:
    """No file of this process may grow beyond that size, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def lines(path: Path) -> list[Line]:
    with closing(History(path)) as history:
        return list(history.lines())


def test_what_was_added_is_read_in_order_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with closing(History(path)) as history:
        assert history.empty
        for number in range(3):
            history.add(line(number))
    with closing(History(path)) as history:
        assert not history.empty
        assert list(history.lines()) == [line(0), line(1), line(2)]
        history.add(line(3))
    assert lines(path) == [line(number) for number in range(4)]


def test_it_is_on_its_way_to_the_disk_before_add_returns(tmp_path: Path) -> None:
    with closing(History(tmp_path / "state")) as history:
        history.add(line(1))
        assert (tmp_path / "state").read_bytes().endswith(b"}\n")


def test_a_line_without_end_is_dropped_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with closing(History(path)) as history:
        history.add(line(1))
        history.add(line(2))
    whole = path.read_bytes()
    for torn in (1, 20, len(whole) // 2 - 1):
        path.write_bytes(whole[:-torn])
        with closing(History(path)) as history:
            history.add(line(3))
        assert lines(path) == [line(1), line(3)]


def test_a_file_of_nothing_but_a_torn_line_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(b'{"at": "20')
    with closing(History(path)) as history:
        assert history.empty
        assert list(history.lines()) == []


def test_to_begin_leaves_one_line_and_goes_on_after_it(tmp_path: Path) -> None:
    path = tmp_path / "state"
    (tmp_path / "state.new").write_bytes(b"left by one that was killed")
    with closing(History(path)) as history:
        history.add(line(1))
        history.begin(line(2))
        history.add(line(3))
        with pytest.raises(HistoryUnusable):
            History(path)
    assert lines(path) == [line(2), line(3)]
    assert {one.name for one in tmp_path.iterdir()} == {"state", "state.lock"}


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with closing(History(path)) as history:
        modes = {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
        history.begin(line(1))
        modes.add(stat.S_IMODE(path.stat().st_mode))
    assert modes == {0o600}


def test_two_do_not_write_in_one(tmp_path: Path) -> None:
    path = tmp_path / "state"
    in_use = pytest.raises(HistoryUnusable, match="in use by another sandbox")
    with closing(History(path)), in_use:
        History(path)
    assert lines(path) == []


@pytest.mark.parametrize(
    "text", [b"hemlig\n", b"[]\n", b'{"at": "hemlig", "kind": "", "what": {}}\n']
)
def test_what_no_sandbox_wrote_is_told_without_its_content(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "state"
    with closing(History(path)) as history:
        history.add(line(1))
    with path.open("ab") as file:
        file.write(text)
    with pytest.raises(HistoryUnusable, match=r"state, line 2: not understood") as told:
        lines(path)
    assert "hemlig" not in str(told.value)


@pytest.mark.parametrize("act", [History.add, History.begin])
def test_a_line_that_does_not_fit_leaves_all_as_it_was(
    tmp_path: Path, act: Callable[[History, Line], None]
) -> None:
    path = tmp_path / "state"
    with closing(History(path)) as history:
        history.add(line(1))
        with _room_for(path.stat().st_size + 100), pytest.raises(OSError, match="No space"):
            act(history, line(2, text="x" * 1000))
        history.add(line(3))
    assert lines(path) == [line(1), line(3)]

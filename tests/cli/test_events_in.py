"""Reading events: every form, any size, and a clear word about what cannot be read."""

import io
import json
from collections.abc import Iterator

import pytest

from bbic_bridge.cli.events_in import READ_BYTES, NotEvents, chunks, read_events

EVENTS = [{"id": str(n), "data": {"text": 'Åäö \\ " }{][ ,' * n, "n": n / 7}} for n in range(60)]


def read(text: str | bytes) -> list[object]:
    raw = text if isinstance(text, bytes) else text.encode()
    return list(read_events(io.BytesIO(raw)))


class Drops(io.RawIOBase):
    """A pipe that gives a few bytes at a time."""

    def __init__(self, raw: bytes, size: int) -> None:
        self._rest = raw
        self._size = size

    def read(self, _size: int | None = -1) -> bytes:
        given, self._rest = self._rest[: self._size], self._rest[self._size :]
        return given


FORMS = {
    "ndjson": "\n".join(map(json.dumps, EVENTS)),
    "ndjson with blank lines": "\n\n" + "\r\n \r\n".join(map(json.dumps, EVENTS)) + "\n\n",
    "array": json.dumps(EVENTS),
    "pretty array": json.dumps(EVENTS, indent=4, ensure_ascii=False),
    "pretty, one after the other": "\n".join(json.dumps(e, indent=2) for e in EVENTS),
    "with a byte order mark": "\ufeff" + json.dumps(EVENTS),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read(form: str) -> None:
    assert read(FORMS[form]) == EVENTS


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_it_does_not_matter_how_the_bytes_arrive(form: str, size: int) -> None:
    raw = FORMS[form].encode() if size > 1 else json.dumps(EVENTS[:4]).encode()
    expected = EVENTS if size > 1 else EVENTS[:4]
    assert list(read_events(Drops(raw, size))) == expected  # type: ignore[arg-type]


def test_one_event_is_read() -> None:
    assert read(json.dumps(EVENTS[5], indent=2)) == [EVENTS[5]]


@pytest.mark.parametrize("text", ["", "  \n", "[]", " [ ] "])
def test_nothing_is_no_events(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "before", "told"),
    [
        ('{"id": 1}\n{"id": }\n{"id": 3}', 1, "line 2: not JSON"),
        ('{"id": 1}\n\n{"id": "2', 1, "line 3: not JSON"),
        ("[1, 2", 2, "line 1: a comma or the end of the array is missing"),
        ("[1, ", 1, "the array does not end"),
        ("[1 2]", 1, "a comma or the end of the array is missing"),
        ("[1] 2", 1, "line 1: there is more after the end of the array"),
        ("[NaN]", 0, "NaN is not a JSON value"),
        ("nonsense", 0, "line 1: not JSON"),
        (b'{"id": 1}\n{"id": "\xe5"}', 0, "not UTF-8"),
        ("[" * 100_000, 0, "not JSON"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    text: str | bytes, before: int, told: str
) -> None:
    raw = text if isinstance(text, bytes) else text.encode()
    found: list[object] = []
    with pytest.raises(NotEvents, match=told):
        found.extend(read_events(io.BytesIO(raw)))
    assert len(found) == before


def test_a_broken_line_does_not_repeat_what_stood_there() -> None:
    with pytest.raises(NotEvents) as caught:
        read('{"namn": "Kim", "nummer": 20120101')
    assert "Kim" not in str(caught.value)
    assert "2012" not in str(caught.value)


def test_an_endless_event_is_refused_before_it_fills_the_memory() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int | None = -1) -> bytes:
            self.given += size or 0
            return b"x" * (size or 0) if self.given > READ_BYTES else b'["' + b"x" * READ_BYTES

    stream = Endless()
    with pytest.raises(NotEvents, match="too large"):
        list(read_events(stream))  # type: ignore[arg-type]
    assert stream.given < 4_000_000


def test_little_more_than_one_event_is_held_at_a_time() -> None:
    read_bytes = 0

    class Counting(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            nonlocal read_bytes
            read_bytes += size or 0
            return super().read(size)

    line = json.dumps({"text": "x" * 1000}) + "\n"
    events = read_events(Counting(line.encode() * 10_000))
    for number, _ in enumerate(events, start=1):
        assert read_bytes <= number * len(line) + 3 * READ_BYTES


def test_chunks_hold_what_came_before_a_broken_place() -> None:
    def broken() -> Iterator[object]:
        yield from range(5)
        raise NotEvents("line 6: broken")

    found: list[list[object]] = []
    with pytest.raises(NotEvents):
        found.extend(chunks(broken(), 2))
    assert found == [[0, 1], [2, 3], [4]]

"""Reads events from files or stdin, however many, with the memory of a few.

One JSON value, a JSON array, or values one after the other (NDJSON) are all read the same way:
as values between which commas, brackets and white space do not matter.
"""

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO

READ_BYTES = 65_536
LARGEST_EVENT = 2_000_000
LONGEST_WORD = len("\\uXXXX")
"""A token of JSON, other than a string, is no longer than this where it is cut off."""
BETWEEN = " \t\r\n"


class NotEvents(Exception):
    """The text is not what it should be; the message says where and why, never what it holds."""


def read_events(stream: BinaryIO) -> Iterator[object]:
    """The values in the stream, in order.

    Raises:
        NotEvents: at the first place that cannot be read; what came before was yielded.
    """
    text = _Text(stream)
    in_array = text.next_char() == "["
    if in_array:
        text.take(1)
        if text.next_char() == "]":
            text.take(1)
            return _end(text)
    while text.next_char():
        yield text.value()
        if in_array:
            follows = text.next_char()
            if follows not in {",", "]"}:
                raise text.error("a comma or the end of the array is missing")
            text.take(1)
            if follows == "]":
                return _end(text)
    if in_array:
        raise text.error("the array does not end")
    return None


def chunks(events: Iterator[object], size: int) -> Iterator[list[object]]:
    """Lists of at most that many events; those before an unreadable place come first."""
    chunk: list[object] = []
    trouble: NotEvents | None = None
    try:
        for event in events:
            chunk.append(event)
            if len(chunk) == size:
                yield chunk
                chunk = []
    except NotEvents as error:
        trouble = error
    if chunk:
        yield chunk
    if trouble:
        raise trouble


def _end(text: "_Text") -> None:
    if text.next_char():
        raise text.error("there is more after the end of the array")


class _Text:
    """The unread text: a window over the stream that holds little more than one value."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("strict").decode
        self._window = ""
        self._line = 1
        self._ended = False
        self._json = json.JSONDecoder(parse_constant=_refuse_constant)

    def next_char(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            rest = self._window.lstrip(BETWEEN)
            self.take(len(self._window) - len(rest))
            if rest or not self._read():
                return rest[:1]

    def take(self, length: int) -> None:
        self._line += self._window.count("\n", 0, length)
        self._window = self._window[length:]

    def value(self) -> object:
        """The value that begins here. One cut off by the window is tried again with more text."""
        while True:
            try:
                value, end = self._json.raw_decode(self._window)
            except json.JSONDecodeError as error:
                if not (self._may_be_cut_off(error) and self._read()):
                    raise self.error(f"not JSON ({error.msg})", error.pos) from None
                if len(self._window) > LARGEST_EVENT:
                    raise self.error("an event is too large") from None
            except RecursionError:
                raise self.error("not JSON (too deep)") from None
            except ValueError as error:
                raise self.error(f"not JSON ({error})") from None
            else:
                self.take(end)
                return value

    def _may_be_cut_off(self, error: json.JSONDecodeError) -> bool:
        at_end = error.pos >= len(self._window) - LONGEST_WORD
        return at_end or error.msg.startswith("Unterminated string")

    def error(self, problem: str, at: int = 0) -> NotEvents:
        line = self._line + self._window.count("\n", 0, at)
        return NotEvents(f"line {line}: {problem}")

    def _read(self) -> bool:
        """Adds to the window; False at the end of the stream."""
        if self._ended:
            return False
        data = self._stream.read(READ_BYTES)
        self._ended = not data
        try:
            self._window += self._decode(data, final=self._ended)
        except UnicodeDecodeError:
            raise self.error("not UTF-8") from None
        return not self._ended


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON value")

"""One way to break one promise."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "src/bbic_bridge"


@dataclass(frozen=True, slots=True)
class Breakage:
    """A promise, and what in the source breaks it.

    Args:
        promise: in a few words.
        file: under ``src/bbic_bridge``.
        old: stands in it exactly once.
        new: what is put in its place.
        tests: pytest's ids of those that must fail of it, each by an assertion.
        error: or by this exception, where that is how the test comes to know.
    """

    promise: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    error: str = ""

    def broken(self, root: Path = ROOT) -> str:
        """The file with the promise broken.

        Raises:
            ValueError: what is to be replaced does not stand there exactly once.
            SyntaxError: what comes of it is no Python.
        """
        path = root / PACKAGE / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file}: stands {text.count(self.old)} times: {self.old!r}")
        changed = text.replace(self.old, self.new)
        compile(changed, str(path), "exec")
        return changed


def b(promise: str, file: str, old: str, new: str, *tests: str, error: str = "") -> Breakage:
    """Short for the lists."""
    return Breakage(promise, file, old, new, tests, error)

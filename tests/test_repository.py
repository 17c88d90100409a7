"""What holds for the repository as a whole, whatever the code does."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import bbic_bridge

ROOT = Path(__file__).parents[1]
SOMEONES_FOLDER = re.compile(r"(?<![\w.$}])/(?:home|root|Users|work)/\w")
ADDRESS_OR_INDEX = re.compile(
    r"https?://|--(?:extra-)?index-url|--find-links|^-[if] ", re.MULTILINE
)
LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:)([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
LINT_EXCEPTION = re.compile(r"# (noqa|type: ignore)(.*)")
REASONED = {
    "noqa": re.compile(r": [A-Z]+\d+(, [A-Z]+\d+)*\s+\S"),
    "type: ignore": re.compile(r"\[[\w, -]+\]"),  # the code says what could not be known
}


def ours() -> Iterator[Path]:
    """Every file of the repository, committed or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return (ROOT / line for line in sorted(set(listed.stdout.splitlines())))


def texts() -> dict[str, str]:
    existing = (path for path in ours() if path.is_file())
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in existing}


def anchors(markdown: str) -> set[str]:
    """The fragments that a heading can be linked by."""
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(markdown))
    return {title.replace(" ", "-") for title in plain}


def test_no_folder_of_somebodys_machine_is_named() -> None:
    here = {str(ROOT) + "/", str(Path.home()) + "/"} - {"//"}
    found = [
        f"{name}: {line.strip()}"
        for name, text in texts().items()
        for line in text.splitlines()
        if SOMEONES_FOLDER.search(line) or any(folder in line for folder in here)
    ]
    assert not found


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt", "build.txt"])
def test_requirements_are_hash_locked_and_name_no_download_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert not ADDRESS_OR_INDEX.search(text)
    packages = re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n?", "", text, flags=re.MULTILINE).strip())
    assert packages
    assert [p for p in packages if "==" not in p or "--hash=sha256:" not in p] == []


def test_runtime_packages_are_tested_in_the_versions_that_are_shipped() -> None:
    pin = re.compile(r"^(\S+==\S+)", re.MULTILINE)
    shipped, tested = (
        set(pin.findall((ROOT / "requirements" / name).read_text(encoding="utf-8")))
        for name in ("runtime.txt", "dev.txt")
    )
    assert shipped <= tested


@pytest.mark.parametrize("name", ["Dockerfile", "docker-compose.yml"])
def test_nothing_is_taken_as_latest(name: str) -> None:
    assert not re.search(r":latest\b", (ROOT / name).read_text(encoding="utf-8"))


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for name, text in texts().items():
        if not name.endswith(".md"):
            continue
        for link in LINK.findall(text):
            path, _, fragment = link.partition("#")
            target = (ROOT / name).parent / path if path else ROOT / name
            if not target.exists():
                broken.append(f"{name}: {link}")
            elif fragment and fragment not in anchors(target.read_text(encoding="utf-8")):
                broken.append(f"{name}: {link} (no such heading)")
    assert not broken


def test_decision_records_are_short_and_name_the_check_that_holds_them() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert records
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 40, record.name
        _, _, held_by = text.partition("Held by")
        checks = re.findall(r"`((?:tests|pyproject)[\w./]*)`", held_by)
        assert checks, f"{record.name} names no check"
        assert [check for check in checks if not (ROOT / check).exists()] == [], record.name


def test_every_lint_exception_has_a_code_and_a_reason() -> None:
    bare = [
        f"{name}: {line.strip()}"
        for name, text in texts().items()
        if name.endswith(".py") and name != "tests/test_repository.py"
        for line in text.splitlines()
        if (found := LINT_EXCEPTION.search(line)) and not REASONED[found[1]].match(found[2])
    ]
    assert not bare


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == bbic_bridge.__version__
    assert f"## [{project['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

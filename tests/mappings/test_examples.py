"""The example pairs of the shipped profiles, and the checker that kommuner use on theirs."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bbic_bridge.mappings.engine import load, shipped
from bbic_bridge.mappings.examples import check
from tests.mappings.cases import MESSAGES, PROFILES, example, example_xml


@pytest.mark.parametrize("profile", PROFILES)
def test_every_message_has_a_pair_that_holds_both_ways(profile: str) -> None:
    assert check(load(profile), shipped()[profile]) == ()


@pytest.mark.parametrize(("profile", "message"), MESSAGES)
def test_a_pair_survives_its_own_bytes(profile: str, message: str) -> None:
    mapped = load(profile)
    assert mapped.parse(message, example_xml(profile, message)) == example(profile, message)


def test_the_vendors_write_the_same_thing_differently() -> None:
    ours, theirs = (
        load(profile).build("registrera_beslut", example(profile, "registrera_beslut"))
        for profile in PROFILES
    )
    assert ours.tag != theirs.tag
    assert not ours.attrib
    assert theirs.attrib
    texts = [{str(node.text) for node in root.iter()} for root in (ours, theirs)]
    values = {value for node in theirs.iter() for value in node.attrib.values()}
    assert not {"KF", "FBI", "ING"} & (texts[1] | values)
    assert "20140101-2396" in values
    assert "201401012396" in texts[0]


def _swap(folder: Path) -> None:
    (folder / "fel.json").write_text(json.dumps({"kod": "ANNAN"}))


def _lose(folder: Path) -> None:
    (folder / "fel.xml").unlink()


def _break(folder: Path) -> None:
    (folder / "fel.xml").write_text("<!DOCTYPE Fel><Fel/>")


def _not_json(folder: Path) -> None:
    (folder / "fel.json").write_text("{")


def _unknown(folder: Path) -> None:
    (folder / "felet.json").write_text("{}")


def _none(folder: Path) -> None:
    (folder / "fel.json").unlink()
    (folder / "fel.xml").unlink()


def _incomplete(folder: Path) -> None:
    (folder / "fel.json").write_text("{}")


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (_swap, ("fel: the JSON builds other XML", "fel: the XML is read as other data")),
        (_lose, ("fel: cannot be read (FileNotFoundError)",)),
        (_break, ("fel: cannot be read (XmlRefused)",)),
        (_not_json, ("fel: cannot be read (JSONDecodeError)",)),
        (_unknown, ("felet: is no message of the profile",)),
        (_none, ("fel: has no example",)),
        (_incomplete, ("profile treserva/standard, message fel, field kod: is missing",)),
    ],
)
def test_what_is_wrong_with_a_pair_is_told(
    change: Callable[[Path], None], problems: tuple[str, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "standard"
    shutil.copytree(shipped()["treserva/standard"], folder)
    change(folder / "examples")
    found = check(load("treserva/standard"), folder)
    assert len(found) == len(problems)
    assert all(told.startswith(problem) for told, problem in zip(found, problems, strict=True))

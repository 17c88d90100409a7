"""The example pairs of the shipped profiles, and the checker that kommuner use on theirs."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bbic_bridge.mappings.engine import load, shipped
from bbic_bridge.mappings.examples import check, field_of_difference, missing
from tests.mappings.cases import MESSAGES, PROFILES, example, example_xml


@pytest.mark.parametrize("profile", PROFILES)
def test_every_message_has_a_pair_that_holds_both_ways(profile: str) -> None:
    assert check(load(profile), shipped()[profile]) == ()
    assert missing(load(profile), shipped()[profile]) == ()


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


def _another(folder: Path) -> None:
    shutil.copy(folder / "kvittens.xml", folder / "fel.xml")


def _incomplete(folder: Path) -> None:
    (folder / "fel.json").write_text("{}")


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (
            _swap,
            (
                "examples/fel.xml: <Fel/@kod>: is not what the JSON builds",
                "examples/fel.json: field kod: is not what the XML says",
            ),
        ),
        (_lose, ("examples/fel.xml: cannot be read (FileNotFoundError)",)),
        (_break, ("examples/fel.xml: cannot be read (XmlRefused)",)),
        (_not_json, ("examples/fel.json: cannot be read (JSONDecodeError)",)),
        (_unknown, ("examples/felet: is no message of the profile",)),
        (
            _incomplete,
            (
                "examples/fel.json: profile treserva/standard, message fel, field kod: is missing",
                "examples/fel.json: field kod: is not what the XML says",
            ),
        ),
        (
            _another,
            (
                "examples/fel.xml: <Svar>: is not what the JSON builds",
                "examples/fel.xml: profile treserva/standard, message fel: is another element",
            ),
        ),
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


def test_a_message_without_a_pair_is_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "standard"
    shutil.copytree(shipped()["treserva/standard"], folder)
    for suffix in ("json", "xml"):
        (folder / "examples" / f"andring.insats_avslutad.{suffix}").unlink()
    assert check(load("treserva/standard"), folder) == ()
    assert missing(load("treserva/standard"), folder) == ("andring/insats_avslutad",)


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [
        ({"a": 1}, {"a": 2}, "a"),
        ({"a": 1}, {"a": 1, "b": None}, "b"),
        ({"a": {"b": [1, {"c": 2}]}}, {"a": {"b": [1, {"c": 3}]}}, "a.b[1].c"),
        ({"a": [1]}, {"a": [1, 2]}, "a"),
        ([], {}, ""),
    ],
)
def test_the_first_field_that_differs_is_named(one: object, other: object, field: str) -> None:
    assert field_of_difference(one, other) == field

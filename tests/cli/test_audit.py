"""`audit`: who did what, masked; where the log ends; and what is wrong with it, by exit code."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bbic_bridge.cli.bridge import actor
from bbic_bridge.services.masking import MASK
from tests.cli.conftest import Cli, Office
from tests.handbook.minsta import handelse

WORDS = "hon ringde själv"


@pytest.fixture
def acted(office: Office) -> Office:
    """Something was revealed, something replayed, a token made."""
    office.refuse()
    office.send(handelse("beslut.fattat"))
    office.work()
    failed = office.delivery("registrera_beslut")["id"]
    assert office.cli("deliveries", "show", failed, "--reveal", "--reason", WORDS).code == 0
    assert office.cli("replay", failed, "--reason", "rättat").code == 0
    assert office.cli("tokens", "add", "tool", "--kommun", "*").code == 0
    return office


def sql(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "var" / "bridge.db")) as database, database:
        for statement in statements:
            database.execute(statement)


def test_acts_are_listed_masked_in_order(acted: Office) -> None:
    outcome = acted.cli("audit", "list")
    heading, *lines = [line.split("\t") for line in outcome.out.splitlines()]
    assert heading[0] == "seq"
    assert [(line[0], line[2], line[3]) for line in lines] == [
        ("1", actor(), "reveal"),
        ("2", actor(), "replay"),
        ("3", actor(), "token_add"),
    ]
    assert WORDS not in outcome.out
    assert WORDS not in acted.cli("audit", "list", "--json").out


def test_what_was_done_can_be_read_and_why_is_masked(acted: Office) -> None:
    assert acted.cli("keys", "rotate", "--kommun", "malmo", "--reason", WORDS).code == 0
    revealed, replayed, made, begun, changed = acted.cli("audit", "list", "--json").lines
    assert revealed["details"] == {"reason": MASK}
    (job,) = acted.cli("replays", "list", "--json").lines
    assert replayed["details"] == {
        "reason": MASK,
        "job": job["id"],
        "was": "failed",
        "edited": False,
        "same_bytes": False,
    }
    given = {"name": "tool", "role": "read", "use": "operator", "kommuner": ["*"]}
    assert made["details"] == {**given, "expires": None, "reason": MASK}
    assert begun["details"] == {"reason": MASK, "resumed": False}
    assert changed["details"]["key"] == 2
    assert changed["details"]["resealed"] > 0


@pytest.mark.parametrize(
    ("filters", "seqs"),
    [
        (("--action", "replay"), [2]),
        (("--subject", "tool"), [3]),
        (("--actor", "cli:nobody"), []),
        (("--since", "1h"), [1, 2, 3]),
        (("--until", "1h"), []),
        (("--limit", "2"), [2, 3]),
        (("--limit", "1", "--action", "replay"), [2]),
    ],
)
def test_filters_choose(acted: Office, filters: tuple[str, ...], seqs: list[int]) -> None:
    assert [one["seq"] for one in acted.cli("audit", "list", "--json", *filters).lines] == seqs


def test_a_list_that_is_cut_says_so(acted: Office) -> None:
    for words in ((), ("--json",)):
        cut = acted.cli("audit", "list", "--limit", 2, *words)
        assert cut.err == "There are earlier ones than these 2: --limit shows more.\n"
    assert not acted.cli("audit", "list", "--limit", 1, "--action", "replay").err
    assert not acted.cli("audit", "list", "--limit", 3).err


def test_details_are_revealed_for_a_reason_which_is_an_act(acted: Office) -> None:
    assert acted.cli("audit", "list", "--reveal").code == 2
    shown = acted.cli("audit", "list", "--reveal", "--reason", "tillsyn", "--json").lines
    assert shown[0]["details"] == {"reason": WORDS}
    assert (shown[-1]["action"], shown[-1]["subject"]) == ("reveal", "audit")
    assert shown[-1]["details"]["reason"] == "tillsyn"


def test_a_whole_log_is_verified_against_its_head(acted: Office) -> None:
    head = acted.cli("audit", "head").out.strip()
    assert acted.cli("audit", "head", "--json").document["head"] == head
    assert f"The audit log ends at {head}." in acted.cli("status").out
    outcome = acted.cli("audit", "verify", "--head", head)
    assert (outcome.code, outcome.out.splitlines()) == (
        0,
        [
            "The log holds the head that was kept elsewhere.",
            f"3 sealed rows, whole; the log ends at {head}.",
        ],
    )
    assert "was not checked" in acted.cli("audit", "verify").out


def test_a_change_is_told_and_ends_with_1(acted: Office, folder: Path) -> None:
    acted.cli("audit", "head")
    sql(folder, "UPDATE audit SET actor = 'cli:somebody' WHERE seq = 2")
    outcome = acted.cli("audit", "verify")
    assert outcome.code == 1
    assert outcome.out.startswith("FAULT: row 2 changed or moved.\n3 sealed rows;")
    document = acted.cli("audit", "verify", "--json")
    assert document.code == 1
    assert document.document["sound"] is False
    assert document.document["faults"] == [{"what": "changed", "seq": 2, "upto": 2}]


def test_an_end_that_is_cut_off_is_told_against_a_kept_head(acted: Office, folder: Path) -> None:
    head = acted.cli("audit", "head").out.strip()
    sql(
        folder,
        "DELETE FROM audit WHERE seq = 3",
        "UPDATE sealers SET seq = 2, chain = (SELECT chain FROM audit WHERE seq = 2) "
        "WHERE name = 'audit'",
    )
    assert acted.cli("audit", "verify").code == 0
    outcome = acted.cli("audit", "verify", "--head", head)
    assert outcome.code == 1
    assert "its end is cut off" in outcome.out


def test_what_is_not_sealed_yet_is_told(acted: Office) -> None:
    outcome = acted.cli("audit", "verify")
    assert outcome.code == 0
    assert "3 not sealed yet, the oldest for " in outcome.out


def test_what_is_no_head_is_wrong_use(cli: Cli) -> None:
    outcome = cli("audit", "verify", "--head", "7")
    assert outcome.code == 2
    assert "SEQ:HASH" in outcome.err

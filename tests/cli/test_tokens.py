"""`tokens`: a token is shown once, listed without itself, and ended."""

import pytest

from bbic_bridge.security.tokens import shown_in
from tests.cli.conftest import Cli


def test_a_token_is_made_listed_and_revoked(cli: Cli) -> None:
    made = cli("tokens", "add", "tool", "--role", "operate", "--kommun", "malmo")
    assert made.code == 0
    token = made.out.strip()
    assert shown_in(f"Bearer {token}")
    assert "not shown again" in made.err
    listed = cli("tokens", "list")
    assert token not in listed.out
    (line,) = [line for line in listed.out.splitlines() if line.startswith("tool\t")]
    assert line.split("\t")[1:6] == ["valid", "operate", "operator", "malmo", "command"]
    assert cli("tokens", "revoke", "tool", "--reason", "borttappad").code == 0
    (last,) = [one for one in cli("tokens", "list", "--json").lines if one["name"] == "tool"]
    assert last["state"] == "revoked"
    assert cli("tokens", "revoke", "tool", "--reason", "igen").code == 2


@pytest.mark.parametrize("reason", [(), ("--reason", ""), ("--reason", "  ")])
def test_a_token_is_not_revoked_without_a_reason(cli: Cli, reason: tuple[str, ...]) -> None:
    assert cli("tokens", "add", "tool", "--kommun", "*").code == 0
    outcome = cli("tokens", "revoke", "tool", *reason)
    assert outcome.code == 2
    assert "--reason" in outcome.err
    assert "tool\tvalid" in cli("tokens", "list").out


def test_the_configuration_s_tokens_are_listed_too(cli: Cli) -> None:
    found = {one["name"]: one for one in cli("tokens", "list", "--json").lines}
    assert found["admin"]["source"] == "configuration"
    assert found["workflow"]["use"] == "feed"
    assert cli("tokens", "add", "admin", "--kommun", "*").code == 2
    assert cli("tokens", "revoke", "admin", "--reason", "x").code == 2


def test_a_token_may_be_for_the_feed_and_for_a_time(cli: Cli) -> None:
    words = ("--kommun", "*", "--feed", "--expires", "2999-01-01", "--json")
    assert cli("tokens", "add", "poller", *words).document["name"] == "poller"
    (poller,) = [one for one in cli("tokens", "list", "--json").lines if one["name"] == "poller"]
    assert (poller["use"], poller["kommuner"]) == ("feed", ["*"])
    assert poller["expires"] == "2998-12-31T23:00:00+00:00"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("tool",), "--kommun"),
        (("tool", "--kommun", "malmoe"), "Did you mean malmo"),
        (("to ol", "--kommun", "*"), "a name is"),
        (
            ("tool", "--kommun", "*", "--expires", "2020-01-01"),
            "'--expires': 2020-01-01 has passed",
        ),
        (("tool", "--kommun", "*", "--feed", "--role", "admin"), "--role read"),
        (("tool", "--kommun", "*", "--role", "root"), "root"),
    ],
)
def test_what_makes_no_sense_is_wrong_use(cli: Cli, words: tuple[str, ...], told: str) -> None:
    outcome = cli("tokens", "add", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err

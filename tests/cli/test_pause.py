"""`pause` and `resume` as an operator meets them."""

import pytest

from tests.cli.conftest import Cli, Office
from tests.handbook.minsta import handelse


def test_what_is_paused_is_listed_and_waits_until_it_is_resumed(office: Office) -> None:
    paused = office.cli("pause", "--kommun", "malmo", "--reason", "Kim Exempel ringde")
    assert (paused.code, paused.out) == (0, "Paused: kommun malmo.\n")
    office.send(handelse("aktanteckning.skriven"))
    office.work()
    assert office.delivery("skapa_aktanteckning")["state"] == "ready"
    told = office.cli("status")
    assert told.code == 0
    assert "Paused: kommun malmo, since 20" in told.out
    assert "Kim" not in told.out
    assert office.cli("resume", "--kommun", "malmo").out == "Resumed: kommun malmo.\n"
    office.work()
    assert office.delivery("skapa_aktanteckning")["state"] == "verified"
    assert "aused" not in office.cli("status").out


def test_twice_is_as_good_as_once(cli: Cli) -> None:
    words = ("--system", "treserva", "--operation", "tilldela_resurs")
    told = "system treserva, operation tilldela_resurs.\n"
    assert [cli("pause", *words).out for _ in range(2)] == [
        f"Paused: {told}",
        f"Was paused already: {told}",
    ]
    assert [cli("resume", *words).out for _ in range(2)] == [
        f"Resumed: {told}",
        f"Was not paused: {told}",
    ]


def test_what_still_holds_is_told(cli: Cli) -> None:
    cli("pause", "--all")
    cli("pause", "--kommun", "malmo")
    outcome = cli("resume", "--kommun", "malmo")
    assert (outcome.code, outcome.out) == (1, "Resumed: kommun malmo.\n")
    assert outcome.err.startswith("Still paused: all sending, since 20")
    document = cli("resume", "--all", "--json").document
    assert [pause["kommun"] for pause in document["resumed"]] == ["*"]
    assert document["still_paused"] == []


def test_a_kommun_that_does_not_use_a_system_is_not_paused_there(office: Office) -> None:
    outcome = office.cli("pause", "--kommun", "exempel", "--system", "procapita")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "Error: exempel does not use procapita, and no delivery of it goes there: "
        "it uses treserva and workflow.\n"
    )
    assert office.cli("status", "--json").document["pauses"] == []
    for system in ("treserva", "workflow"):
        assert office.cli("pause", "--kommun", "exempel", "--system", system).code == 0


def test_what_is_left_of_an_earlier_system_can_be_paused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.send(handelse("aktanteckning.skriven"))
    monkeypatch.setenv("BBIC_KOMMUN__MALMO__SYSTEM", "treserva")
    monkeypatch.setenv("BBIC_KOMMUN__MALMO__PROFILE", "treserva/standard")
    outcome = office.cli("pause", "--kommun", "malmo", "--system", "procapita")
    assert (outcome.code, outcome.out) == (0, "Paused: kommun malmo, system procapita.\n")


@pytest.mark.parametrize("command", ["pause", "resume"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Choose by --kommun"),
        (("--all", "--kommun", "malmo"), "Choose by --kommun"),
        (("--kommun", "malmoe"), "Did you mean malmo? Known: malmo, exempel."),
        (("--system", "bogus"), "Known: procapita, treserva, workflow."),
        (("--operation", "regestrera_beslut"), "Did you mean registrera_beslut? Known: "),
    ],
)
def test_what_cannot_be_meant_is_wrong_use(
    cli: Cli, command: str, words: tuple[str, ...], told: str
) -> None:
    outcome = cli(command, *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err
    assert cli("status", "--json").document["pauses"] == []

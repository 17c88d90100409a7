"""`replay` and `cancel`: what is let go again, corrected, or called off."""

import json
from pathlib import Path

import pytest

from bbic_bridge.cli.replaying import pacer
from tests.cli.conftest import Office
from tests.handbook.minsta import handelse


@pytest.fixture
def stuck(office: Office) -> Office:
    """A beslut that the vendor refused, and a verkställighet that waits behind it."""
    office.refuse()
    office.send(handelse("beslut.fattat"), handelse("beslut.verkstall") | {"id": "E-2"})
    office.work()
    return office


def test_a_dry_run_tells_and_does_nothing(stuck: Office) -> None:
    outcome = stuck.cli("replay", "--state", "failed", "--dry-run")
    assert outcome.code == 0
    assert outcome.out.startswith("would release ")
    assert "1 waiting behind it" in outcome.out
    assert outcome.out.endswith("1 would release\n")
    assert stuck.delivery("registrera_beslut")["state"] == "failed"


@pytest.mark.parametrize("by_id", [True, False])
def test_what_is_replayed_goes_and_so_does_what_waited(stuck: Office, by_id: bool) -> None:
    chosen = [stuck.delivery("registrera_beslut")["id"]] if by_id else ["--error", "EJ_TILLATET"]
    outcome = stuck.cli("replay", *chosen, "--reason", "rättat", "--json")
    assert outcome.code == 0
    assert [line["outcome"] for line in outcome.lines] == ["released"]
    stuck.work()
    assert {found["state"] for found in stuck.deliveries()} == {"verified"}


def test_what_is_done_is_left_alone_and_what_waits_is_refused(stuck: Office) -> None:
    waiting = stuck.delivery("verkstall_beslut")["id"]
    refused = stuck.cli("replay", waiting)
    assert refused.code == 1
    assert refused.out == (
        f"refused       {waiting} verkstall_beslut: "
        "it is waiting (waits for something that must come first)\n"
    )
    stuck.cli("replay", "--state", "failed")
    stuck.work()
    done = stuck.cli("replay", waiting)
    assert done.code == 0
    assert done.out.startswith("already done ")


def test_nothing_chosen_and_everything_chosen_are_both_refused(stuck: Office) -> None:
    for words in ((), ("X", "--state", "failed")):
        outcome = stuck.cli("replay", *words)
        assert outcome.code == 2
        assert "--state failed" in outcome.err


def test_an_unknown_id_is_told_before_anything_is_replayed(stuck: Office) -> None:
    failed = stuck.delivery("registrera_beslut")["id"]
    outcome = stuck.cli("replay", failed, "X")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err == "Error: There is no delivery X; nothing was replayed.\n"
    assert stuck.delivery("registrera_beslut")["state"] == "failed"


def test_a_corrected_payload_is_sent_instead(stuck: Office, folder: Path) -> None:
    failed = stuck.delivery("registrera_beslut")["id"]
    shown = stuck.cli("deliveries", "show", failed, "--reveal", "--reason", "rätta", "--json")
    payload = shown.document["uppgift"] | {"beslutsfattare": "Ny Beslutsfattare"}
    (folder / "edit.json").write_text(json.dumps(payload))
    assert stuck.cli("replay", failed, "--edit", "edit.json", "--reason", "rättat").code == 0
    stuck.work()
    sent = [order for order in stuck.vendor.sent if order.operation == "registrera_beslut"]
    assert [order.uppgift["beslutsfattare"] == "Ny Beslutsfattare" for order in sent] == [
        False,
        True,
    ]
    assert len({order.idempotency_key for order in sent}) == 2


@pytest.mark.parametrize("reason", [(), ("--reason", ""), ("--reason", " ")])
def test_nothing_is_edited_without_a_reason(
    stuck: Office, folder: Path, reason: tuple[str, ...]
) -> None:
    failed = stuck.delivery("registrera_beslut")["id"]
    (folder / "edit.json").write_text("{}")
    outcome = stuck.cli("replay", failed, "--edit", "edit.json", *reason)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--edit needs --reason" in outcome.err
    assert stuck.cli("replays", "list", "--json").lines == []


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_an_edit_of_what_is_done_is_told_not_to_be_sent(
    stuck: Office, folder: Path, dry_run: tuple[str, ...]
) -> None:
    done = stuck.delivery("registrera_beslut")["id"]
    stuck.cli("replay", done)
    stuck.work()
    words = ("--reveal", "--reason", "rätta", "--json")
    uppgift = stuck.cli("deliveries", "show", done, *words).document["uppgift"]
    edit = json.dumps(uppgift | {"beslutsfattare": "Ny Beslutsfattare"})
    (folder / "edit.json").write_text(edit)
    sent = len(stuck.vendor.sent)
    outcome = stuck.cli("replay", done, "--edit", "edit.json", "--reason", "rättat", *dry_run)
    assert outcome.code == 1
    line = outcome.out.splitlines()[0]
    assert line.startswith(f"refused       {done} registrera_beslut: it is verified")
    assert "the edit was not sent" in line
    assert "beslutsfattare" not in outcome.out
    stuck.work()
    assert len(stuck.vendor.sent) == sent


@pytest.mark.parametrize(
    ("text", "ids", "told"),
    [
        (None, 1, "No such file"),
        ("nonsense", 1, "not JSON"),
        ("[]", 1, "no JSON object"),
        ('{"namn": "Kim Exempel"}', 1, "/"),
        ("{}", 2, "one delivery"),
        ("{}", 0, "one delivery"),
    ],
)
def test_an_edit_that_cannot_be_is_wrong_use(
    stuck: Office, folder: Path, text: str | None, ids: int, told: str
) -> None:
    failed = stuck.delivery("registrera_beslut")["id"]
    if text is not None:
        (folder / "edit.json").write_text(text)
    outcome = stuck.cli("replay", *[failed] * ids, "--edit", "edit.json", "--reason", "rättat")
    assert outcome.code == 2
    assert told in outcome.err
    assert "Kim" not in outcome.err
    assert stuck.delivery("registrera_beslut")["state"] == "failed"


def test_a_rate_spreads_them_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def sleep(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr("time.sleep", sleep)
    wait, at = pacer(), []
    for done in range(3):
        wait(2, done)
        at.append(now[0] - 100)
    assert at == [0, 0.5, 1]
    pacer()(None, 7)
    assert now[0] == 101


def test_what_is_cancelled_takes_with_it_what_needs_it(stuck: Office) -> None:
    failed, waiting = (found["id"] for found in stuck.deliveries())
    dry = stuck.cli("cancel", failed, "--reason", "fel barn", "--dry-run")
    assert dry.out.splitlines() == ["Would be cancelled:", failed, f"{waiting} (needs it)"]
    assert {found["state"] for found in stuck.deliveries()} == {"failed", "waiting"}
    done = stuck.cli("cancel", failed, "--reason", "fel barn")
    assert done.code == 0
    assert done.out.splitlines() == [failed, f"{waiting} (needs it)", "2 cancelled."]
    codes = [(found["state"], found["error_code"]) for found in stuck.deliveries()]
    assert codes == [("cancelled", "by_a_person"), ("cancelled", "needed_what_is_cancelled")]
    shown = stuck.cli("deliveries", "show", failed)
    assert "cancel" in shown.out
    assert "fel barn" not in shown.out
    revealed = stuck.cli("deliveries", "show", failed, "--reveal", "--reason", "kontroll")
    assert "fel barn" in revealed.out


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--json",)])
def test_what_is_done_is_not_cancelled_and_one_line_says_why(
    office: Office, words: tuple[str, ...]
) -> None:
    office.send(handelse("beslut.fattat"))
    office.work()
    done = office.delivery("registrera_beslut")["id"]
    outcome = office.cli("cancel", done, "--reason", "x", *words)
    assert outcome.code == 1
    assert outcome.out == ""
    (told,) = outcome.err.splitlines()
    assert told.startswith(f"Error: {done} (registrera_beslut) cannot be cancelled: it is verified")
    assert office.delivery("registrera_beslut")["state"] == "verified"


def test_cancelling_needs_a_reason(stuck: Office) -> None:
    outcome = stuck.cli("cancel", stuck.delivery("registrera_beslut")["id"])
    assert outcome.code == 2
    assert "--reason" in outcome.err
    as_json = stuck.cli(
        "cancel", stuck.delivery("registrera_beslut")["id"], "--reason", "x", "--json"
    )
    assert len(as_json.document["cancelled"]) == 2

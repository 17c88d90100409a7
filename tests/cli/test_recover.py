"""`recover` as an operator meets it."""

import pytest

from bbic_bridge.bootstrap import utc_now
from tests.cli.conftest import Office
from tests.handbook.minsta import handelse


@pytest.fixture
def recovering(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """No vendor answers the fetching of changes."""
    for kommun in ("MALMO", "EXEMPEL"):
        monkeypatch.setenv(f"BBIC_KOMMUN__{kommun}__READ_URL", "http://127.0.0.1:1")
    office.send(handelse("beslut.fattat"))
    return office


def test_it_stops_asks_and_goes_on(recovering: Office) -> None:
    told = recovering.cli("recover", "--since", utc_now().isoformat())
    assert told.code == 1
    assert told.out.startswith("Sending is stopped. ")
    assert handelse("beslut.fattat")["source"] in told.out
    assert told.out.endswith("Then: bbic-bridge recover --resume\n")
    recovering.work()
    assert recovering.delivery("registrera_beslut")["state"] == "ambiguous"
    resumed = recovering.cli("resume", "--all")
    assert (resumed.code, "recover --resume" in resumed.err) == (1, True)
    status = recovering.cli("status")
    assert (status.code, "Sending is stopped, for a recovery" in status.out) == (1, True)
    assert recovering.cli("recover", "--resume").code == 0
    assert recovering.cli("resume", "--all").code == 0
    recovering.work()
    recovering.work()
    assert recovering.delivery("registrera_beslut")["state"] == "verified"
    assert recovering.cli("recover", "--resume").code == 1


def test_for_programs(recovering: Office) -> None:
    told = recovering.cli("recover", "--since", "2026-01-01", "--json").document
    assert told["unsure"] >= 1
    assert {report["kommun"] for report in told["sync"]} == {"malmo", "exempel"}
    assert recovering.cli("recover", "--resume", "--json").document == {"resumed": True}


@pytest.mark.parametrize("words", [(), ("--since", "2h", "--resume"), ("--since", "2999-01-01")])
def test_wrong_use_stops_nothing(recovering: Office, words: tuple[str, ...]) -> None:
    assert recovering.cli("recover", *words).code == 2
    recovering.work()
    assert recovering.delivery("registrera_beslut")["state"] == "verified"

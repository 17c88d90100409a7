"""The sandbox with a state, killed with ``kill -9``: the next one goes on where it was."""

import resource
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook

from bbic_bridge.contracts.xml import parse_untrusted
from tests.sandbox.conftest import CALLBACK_SECRET, VENDORS, WEBHOOK_SECRET
from tests.sandbox.control import Control, Line
from tests.sandbox.peer import Peer
from tests.sandbox.starting import sandbox_process
from tests.sandbox.test_server import COMMAND
from tests.sandbox.vendors import Procapita, Treserva, Vendor
from tests.servers.process import Process, wait_until

FAMILYCARE = "/procapita/malmo/WESE.FC.Api.FC/apifc/v1"
KEY = {"domain": "malmo", "key": "sandbox"}
EXTRACTS = ("Decisions", "Executions", "Services", "ResourceAllocations")


@dataclass
class Sandbox:
    """One run of the sandbox, and its clients."""

    process: Process
    address: str
    http: httpx.Client

    @property
    def control(self) -> Control:
        return Control(self.http)

    @property
    def vendors(self) -> list[Vendor]:
        return [vendor(self.http) for vendor in VENDORS]

    @property
    def procapita(self) -> Procapita:
        return Procapita(self.http)

    @property
    def treserva(self) -> Treserva:
        return Treserva(self.http)

    def change(self, vendor: Vendor, kind: str, *, arende: str = "A-1", **what: object) -> Line:
        return self.control.change(vendor.system, vendor.kommun, kind, arende=arende, **what)

    def tell(self, webhook_id: str) -> None:
        """A callback of the bridge's."""
        body, now = '{"id": "e-1", "type": "se.bbic.beslut.registrerat"}', datetime.now(UTC)
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(CALLBACK_SECRET).sign(webhook_id, now, body),
        }
        self.http.post("/workflow/events", content=body, headers=headers).raise_for_status()


class Sandboxes:
    """Runs of the sandbox with the same state, one after the other."""

    def __init__(self, folder: Path, peer: Peer) -> None:
        self.folder, self.state, self._peer = folder, folder / "state", peer
        self._runs = count(1)
        for name, secret in (("webhook", WEBHOOK_SECRET), ("callback", CALLBACK_SECRET)):
            (folder / name).write_text(secret)

    @contextmanager
    def run(self, *kommuner: str) -> Iterator[Sandbox]:
        """One run; the kommuner named have a secret for their webhooks."""
        place = self.folder / f"run-{next(self._runs)}"
        place.mkdir()
        words = ["--state", str(self.state), "--webhooks-to", self._peer.url]
        words += ["--callback-secret", str(self.folder / "callback")]
        for kommun in kommuner or ("malmo", "exempel"):
            words += ["--webhook-secret", f"{kommun}={self.folder / 'webhook'}"]
        with (
            sandbox_process(place, *words) as (process, address),
            httpx.Client(base_url=address, trust_env=False, timeout=10) as http,
        ):
            yield Sandbox(process, address, http)


@pytest.fixture
def sandboxes(tmp_path: Path, peer_server: Peer) -> Sandboxes:
    peer_server.forget()
    return Sandboxes(tmp_path, peer_server)


def test_all_that_could_be_seen_is_seen_again_and_the_numbers_go_on(sandboxes: Sandboxes) -> None:
    with sandboxes.run() as first:
        for vendor in first.vendors:
            first.change(vendor, "resurs_registrerad", data={"resurs_id": "R-1"}, webhook=True)
        middle = datetime.now(UTC)
        for vendor in first.vendors:
            _write_a_case(first, vendor)
        first.change(first.treserva, "uppdrag_fordelat", webhook=True)
        for webhook_id in ("w-1", "w-2", "w-1"):
            first.tell(webhook_id)
        assert len(first.control.webhooks()) == 4
        cursors = [vendor.changes().following for vendor in first.vendors]
        before, numbers = _seen(first, middle), _numbers(first)
        first.process.kill()

    with sandboxes.run() as second:
        assert _seen(second, middle) == before
        for vendor, cursor in zip(second.vendors, cursors, strict=True):
            second.change(vendor, "aktanteckning_skapad")
            (told,) = vendor.changes(cursor).changes
            assert told.handelse in ("AnteckningSkapad", "anteckning.ny")
        assert _numbers(second)[: len(numbers)] == numbers
        assert second.vendors[0].send("registrera_beslut", arende="A-2").kod is None
        journal = second.control.journal()
        assert [line["seq"] for line in journal] == list(range(1, len(journal) + 1))
        assert int(journal[-1]["vendor_id"]) > max(
            int(line["vendor_id"]) for line in journal[:-1] if line["system"] == "procapita"
        )


def _write_a_case(sandbox: Sandbox, vendor: Vendor) -> None:
    for number, operation in enumerate(
        ("registrera_beslut", "verkstall_beslut", "tilldela_resurs", "skapa_aktanteckning")
    ):
        key = {"key": f"k-{number}"} if vendor.system == "treserva" else {}
        assert vendor.send(operation, referens=f"r-{number}", **key).kod is None
    sandbox.change(vendor, "insats_avslutad")
    assert vendor.send("avsluta_insats").kod == "REDAN_AVSLUTAD"


def _seen(sandbox: Sandbox, middle: datetime) -> list[object]:
    """Everything there is to read, and what a message sent once more is answered."""
    http, procapita, treserva = sandbox.http, sandbox.procapita, sandbox.treserva
    after = {**KEY, "limit": "100", "modifiedAfter": middle.isoformat()}
    extracts = [http.get(f"{FAMILYCARE}/Extract/{kind}", params=after) for kind in EXTRACTS]
    texts = [
        *[one.text for one in extracts],
        http.get(f"{FAMILYCARE}/Persons", params={**KEY, "personId": "201801052398"}).text,
        http.get(f"{treserva.url}/andringar").text,
        treserva.post("registrera_beslut", referens="r-0", key="k-0").text,
        treserva.post("registrera_beslut", referens="r-9", key="k-0").text,
    ]
    assert all(one.json()["Result"] for one in extracts)
    receipts = [vendor.receipt(f"r-{number}") for vendor in sandbox.vendors for number in range(5)]
    assert receipts.count(None) == 2
    told = [sandbox.control.lines(name) for name in ("journal", "callbacks", "webhooks")]
    assert [len(lines) for lines in told] == [8, 2, 4]
    return [*texts, *receipts, *told, len(procapita.changes().changes)]


def _numbers(sandbox: Sandbox) -> list[str]:
    return [change.objekt for change in sandbox.treserva.changes().changes]


def test_what_anybody_was_answered_is_there_however_busy_it_was(sandboxes: Sandboxes) -> None:
    answered: dict[str, str] = {}
    with sandboxes.run() as first:
        writers = [
            threading.Thread(target=_write_until_it_ends, args=(first.address, place, answered))
            for place in VENDORS
        ]
        for writer in writers:
            writer.start()
        wait_until(lambda: len(answered) >= 200, within=30, what="200 answers")
        journal = first.control.journal()
        first.process.kill()
        for writer in writers:
            writer.join()

    with sandboxes.run() as second:
        now = second.control.journal()
        assert now[: len(journal)] == journal
        assert [line["seq"] for line in now] == list(range(1, len(now) + 1))
        assert answered.items() <= {line["reference"]: line["vendor_id"] for line in now}.items()
        assert len({line["reference"] for line in now}) == len(now)
        for line in now[-10:]:
            place = Procapita if line["system"] == "procapita" else Treserva
            assert place(second.http).receipt(line["reference"]) is not None


def _write_until_it_ends(
    address: str, place: type[Procapita | Treserva], answered: dict[str, str]
) -> None:
    with httpx.Client(base_url=address, trust_env=False, timeout=10) as http:
        vendor = place(http)
        for number in count():
            referens = f"{vendor.system}-{number}"
            try:
                outcome = vendor.send("registrera_beslut", referens=referens)
            except httpx.TransportError:
                return
            answered[referens] = outcome.lankar["beslut"]


def test_a_webhook_on_its_way_is_sent_by_the_next_and_no_other(
    sandboxes: Sandboxes, peer_server: Peer
) -> None:
    with sandboxes.run("malmo") as first:
        procapita, treserva = first.vendors
        first.change(treserva, "aktanteckning_skapad", webhook=True)
        first.change(procapita, "aktanteckning_skapad", webhook=True)
        outcomes = [sent["outcome"] for sent in first.control.webhooks()]
        assert outcomes == ["not_sent", "delivered"]
        peer_server.next()
        first.control.fault("procapita", "reordered_webhook", delay_ms=600_000)
        waiting = first.change(procapita, "aktanteckning_skapad", webhook=True)
        first.process.kill()

    with sandboxes.run() as second:
        received = peer_server.next()
        andring = parse_untrusted(received.body)[0]
        assert andring.findtext("{*}AndringsId") == waiting["andring_id"]
        outcomes = [sent["outcome"] for sent in second.control.webhooks()]
        assert outcomes == ["not_sent", "delivered", "delivered"]
        assert peer_server.received.empty()


def test_a_reset_is_remembered_and_no_number_comes_again(sandboxes: Sandboxes) -> None:
    with sandboxes.run() as first:
        given = [int(first.procapita.send("registrera_beslut").lankar["beslut"]) for _ in range(99)]
        first.tell("w-1")
        first.http.post("/_sandbox/reset").raise_for_status()
        assert len(sandboxes.state.read_bytes().splitlines()) == 1
        first.treserva.send("registrera_beslut", referens="after")
        first.process.kill()

    with sandboxes.run() as second:
        assert [line["reference"] for line in second.control.journal()] == ["after"]
        assert second.control.callbacks() == []
        assert int(second.procapita.send("registrera_beslut").lankar["beslut"]) > max(given)


@pytest.mark.parametrize("place", VENDORS)
def test_what_is_done_late_is_done_after_the_reset(
    sandboxes: Sandboxes, place: type[Procapita | Treserva]
) -> None:
    with sandboxes.run() as first:
        late = {"delay_ms": 2_000, "effect": "after"}
        first.control.fault(place.system, "slow", operation="registrera_beslut", **late)
        writer = threading.Thread(
            target=place(first.http).send, args=("registrera_beslut",), kwargs={"referens": "late"}
        )
        writer.start()
        wait_until(lambda: first.http.get("/_sandbox/faults").json()[0]["struck"], what="held")
        first.http.post("/_sandbox/reset").raise_for_status()
        writer.join()
        receipt = place(first.http).receipt("late")
        assert receipt is not None
        first.process.kill()

    with sandboxes.run() as second:
        assert place(second.http).receipt("late") == receipt


def test_a_fault_switch_is_off_in_the_next(sandboxes: Sandboxes) -> None:
    with sandboxes.run() as first:
        first.control.fault("procapita", "reject")
        first.process.kill()
    with sandboxes.run() as second:
        assert second.http.get("/_sandbox/faults").json() == []


def test_what_cannot_be_noted_does_not_happen(sandboxes: Sandboxes) -> None:
    with sandboxes.run() as first:
        first.procapita.send("registrera_beslut", referens="r-1")
        pid, size = first.process.pid, sandboxes.state.stat().st_size
        unlimited = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size + 100, unlimited[1]))
        for vendor in first.vendors:
            assert vendor.post("registrera_beslut", referens="r-2").status_code == 500
        resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)
        first.procapita.send("registrera_beslut", referens="r-3")
        journal = first.control.journal()
        assert [line["reference"] for line in journal] == ["r-1", "r-3"]
        first.process.kill()
    with sandboxes.run() as second:
        assert second.control.journal() == journal


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda state: state.write_text("hemlig\n"), "line 1: not understood"),
        (lambda state: state.mkdir(), "state"),
    ],
)
def test_a_state_that_cannot_be_gone_on_with_is_told_in_one_line(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(tmp_path / "state")
    told = _refused(tmp_path / "state")
    assert said in told
    assert "hemlig" not in told


def test_a_second_with_the_same_state_is_refused(sandboxes: Sandboxes) -> None:
    with sandboxes.run() as first:
        assert "in use by another sandbox" in _refused(sandboxes.state)
        assert first.procapita.send("registrera_beslut").kod is None


def _refused(state: Path) -> str:
    ended = subprocess.run(
        [*COMMAND, "--port", "0", "--state", state],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    return ended.stderr

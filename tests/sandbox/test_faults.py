"""Every fault switch, at both vendors: what happens to the effect, and what to the answer."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bbic_bridge.contracts.xml import XmlRefused, parse_untrusted
from bbic_bridge.sandbox.faults import Fault, Faults
from tests.sandbox.control import Control
from tests.sandbox.vendors import Procapita, Treserva, Vendor
from tests.servers.process import wait_until

Change = Callable[..., Any]
CUT = (httpx.RemoteProtocolError, httpx.ReadError)
HOLD_MS = 200


def test_refuse_resets_the_connection_before_the_effect(vendor: Vendor, control: Control) -> None:
    control.fault(vendor.system, "refuse", times=1)
    with pytest.raises(httpx.ReadError, match="reset"):
        vendor.post("registrera_beslut")
    assert control.journal() == []
    assert vendor.send("registrera_beslut").kod is None


def test_lost_response_cuts_the_connection_after_the_effect(
    vendor: Vendor, control: Control
) -> None:
    control.fault(vendor.system, "lost_response", times=1)
    with pytest.raises(CUT):
        vendor.post("registrera_beslut", referens="ref-tappad")
    assert [line["reference"] for line in control.journal()] == ["ref-tappad"]
    assert vendor.receipt("ref-tappad") is not None


def test_http_500_has_no_effect_and_no_fault_code(vendor: Vendor, control: Control) -> None:
    control.fault(vendor.system, "http_500", times=1)
    answer = vendor.post("registrera_beslut")
    assert (answer.status_code, answer.headers["content-type"][:10]) == (500, "text/plain")
    assert control.journal() == []


@pytest.mark.parametrize(("how", "expected"), [({}, "1"), ({"retry_after": 7}, "7")])
def test_http_429_says_when_to_come_back(
    vendor: Vendor, control: Control, how: dict[str, int], expected: str
) -> None:
    control.fault(vendor.system, "http_429", times=1, **how)
    answer = vendor.post("registrera_beslut")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, expected)
    assert control.journal() == []


@pytest.mark.parametrize(("effect", "effects"), [("before", 1), ("after", 1), ("never", 0)])
def test_timeout_answers_nothing(
    vendor: Vendor, control: Control, effect: str, effects: int
) -> None:
    control.fault(vendor.system, "timeout", times=1, effect=effect, delay_ms=HOLD_MS)
    began = time.monotonic()
    with pytest.raises(CUT):
        vendor.post("registrera_beslut")
    assert time.monotonic() - began >= HOLD_MS / 1000
    assert len(control.journal()) == effects


def test_timeout_brings_the_late_effect_about_though_the_client_has_gone(
    vendor: Vendor, control: Control
) -> None:
    control.fault(vendor.system, "timeout", times=1, effect="after", delay_ms=HOLD_MS)
    with pytest.raises(httpx.ReadTimeout):
        vendor.post("registrera_beslut", http_timeout=HOLD_MS / 4000)
    assert control.journal() == []
    wait_until(control.journal, what="the late effect")


def test_timeout_holds_eight_seconds_and_has_no_effect_by_default(
    vendor: Vendor, control: Control
) -> None:
    control.fault(vendor.system, "timeout", times=1)
    with pytest.raises(httpx.ReadTimeout):
        vendor.post("registrera_beslut", http_timeout=0.1)
    assert control.journal() == []


@pytest.mark.parametrize(
    ("how", "done", "effects"),
    [
        ({}, True, 1),
        ({"effect": "before"}, True, 1),
        ({"effect": "after"}, True, 1),
        ({"effect": "never"}, False, 0),
    ],
)
def test_slow_answers_after_the_delay(
    vendor: Vendor, control: Control, how: dict[str, str], done: bool, effects: int
) -> None:
    control.fault(vendor.system, "slow", times=1, delay_ms=HOLD_MS, **how)
    began = time.monotonic()
    answer = vendor.post("registrera_beslut")
    assert time.monotonic() - began >= HOLD_MS / 1000
    assert (answer.is_success, answer.status_code == 503) == (done, not done)
    assert len(control.journal()) == effects


def test_slow_brings_the_effect_about_before_the_answer_unless_told_otherwise(
    vendor: Vendor, control: Control
) -> None:
    control.fault(vendor.system, "slow", times=1, delay_ms=60_000)
    with pytest.raises(httpx.ReadTimeout):
        vendor.post("registrera_beslut", http_timeout=0.1)
    assert len(control.journal()) == 1


@pytest.mark.parametrize(
    ("how", "kod"),
    [({}, "EJ_TILLATET"), ({"code": "BESLUT_SAKNAS", "text": "Nej."}, "BESLUT_SAKNAS")],
)
def test_reject_is_a_business_fault(
    vendor: Vendor, control: Control, how: dict[str, str], kod: str
) -> None:
    control.fault(vendor.system, "reject", times=1, **how)
    answer = vendor.post("registrera_beslut")
    assert vendor.outcome(answer).kod == kod
    assert how.get("text", "Åtgärden är inte tillåten.") in answer.text
    assert control.journal() == []


def test_malformed_has_its_effect_and_a_broken_answer(vendor: Vendor, control: Control) -> None:
    control.fault(vendor.system, "malformed", times=1)
    answer = vendor.post("registrera_beslut")
    assert answer.is_success
    with pytest.raises(XmlRefused, match="malformed"):
        parse_untrusted(answer.content)
    assert len(control.journal()) == 1


def test_wrong_answer_is_about_another_reference(vendor: Vendor, control: Control) -> None:
    control.fault(vendor.system, "wrong_answer", times=1)
    outcome = vendor.send("registrera_beslut", referens="ref-min")
    assert outcome.referens == "annan-referens"
    assert outcome.egna == {"beslut": "B-1"}
    assert [line["reference"] for line in control.journal()] == ["ref-min"]


def test_treserva_repairs_a_lost_response_by_its_key(treserva: Treserva, control: Control) -> None:
    control.fault("treserva", "lost_response", times=1)
    with pytest.raises(CUT):
        treserva.post("registrera_beslut", key="k", referens="r")
    assert treserva.post("registrera_beslut", key="k", referens="r").status_code == 200
    assert len(control.journal()) == 1


def test_a_fault_concerns_one_system_one_kommun_one_operation(
    procapita: Procapita, treserva: Treserva, control: Control
) -> None:
    control.fault("procapita", "http_500", kommun="malmo", operation="verkstall_beslut")
    elsewhere = procapita.elsewhere("annan")
    for vendor in (procapita, elsewhere, treserva):
        assert vendor.send("registrera_beslut").kod is None
    assert procapita.post("verkstall_beslut").status_code == 500
    assert elsewhere.send("verkstall_beslut").kod is None
    assert treserva.send("verkstall_beslut").kod is None


def test_a_fault_may_concern_one_of_two_effects(procapita: Procapita, control: Control) -> None:
    name = "avsluta_insats_och_resurs"
    control.fault("procapita", "http_429", operation=f"{name}/insats", times=1)
    assert procapita.post("avsluta_resurs").status_code == 500
    assert procapita.post("avsluta_insats").status_code == 429
    control.fault("procapita", "http_429", operation=name)
    assert procapita.post("avsluta_resurs").status_code == 429


def test_reads_are_spared_unless_named(vendor: Vendor, control: Control) -> None:
    control.fault(vendor.system, "http_500")
    assert vendor.receipt("okand") is None
    assert vendor.changes().changes == []
    assert vendor.post("registrera_beslut").status_code == 500


@pytest.mark.parametrize("how", [{"reads": True}, {"operation": "andringar"}])
def test_reads_fail_when_meant(treserva: Treserva, control: Control, how: dict[str, Any]) -> None:
    control.fault("treserva", "http_500", **how)
    assert treserva.http.get(f"{treserva.url}/andringar").status_code == 500


def test_familycare_and_queries_fail_by_their_own_names(
    procapita: Procapita, control: Control
) -> None:
    url = "/procapita/malmo/WESE.FC.Api.FC/apifc/v1/Extract/Decisions?domain=1&key=1&limit=1"
    control.fault("procapita", "malformed", operation="Extract/Decisions", times=1)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        procapita.http.get(url).json()
    assert procapita.http.get(url).json()["TotalNumberOfRecords"] == 0
    control.fault("procapita", "lost_response", operation="HamtaKvittens", times=1)
    with pytest.raises(CUT):
        procapita.receipt("okand")


def test_times_runs_out(vendor: Vendor, control: Control) -> None:
    control.fault(vendor.system, "http_500", times=2)
    statuses = [vendor.post("registrera_beslut").status_code for _ in range(3)]
    assert statuses[:2] == [500, 500]
    assert statuses[2] in (200, 201)
    (switch,) = control.http.get("/_sandbox/faults").json()
    assert (switch["fault"], switch["times"], switch["struck"]) == ("http_500", 2, 2)


def test_the_next_switch_takes_over_when_one_is_spent(vendor: Vendor, control: Control) -> None:
    control.fault(vendor.system, "http_429", times=1)
    control.fault(vendor.system, "http_500", times=1)
    assert vendor.post("registrera_beslut").status_code == 429
    assert vendor.post("registrera_beslut").status_code == 500


@pytest.mark.parametrize("clear", ["none", "delete", "reset"])
def test_faults_are_cleared(vendor: Vendor, control: Control, clear: str) -> None:
    control.fault(vendor.system, "http_500")
    if clear == "none":
        control.http.post("/_sandbox/faults", json={"fault": "none"}).raise_for_status()
    elif clear == "delete":
        control.http.delete("/_sandbox/faults").raise_for_status()
    else:
        control.http.post("/_sandbox/reset").raise_for_status()
    assert control.http.get("/_sandbox/faults").json() == []
    assert vendor.post("registrera_beslut").is_success


def test_one_systems_faults_are_cleared_alone(control: Control) -> None:
    control.fault("procapita", "http_500")
    control.fault("treserva", "http_500")
    control.http.delete("/_sandbox/faults", params={"system": "procapita"})
    assert [one["system"] for one in control.http.get("/_sandbox/faults").json()] == ["treserva"]


@pytest.mark.parametrize(
    ("posted", "pointer"),
    [
        ({"system": "procapita"}, "/fault"),
        ({"fault": "refuse"}, "/system"),
        ({"system": "procapita", "fault": "explode"}, "/fault"),
        ({"system": "procapita", "fault": "refuse", "times": 0}, "/times"),
        ({"system": "procapita", "fault": "refuse", "probability": 2}, "/probability"),
        ({"system": "procapita", "fault": "slow", "effect": "sometimes"}, "/effect"),
        ({"system": "procapita", "fault": "refuse", "tims": 1}, "/tims"),
        ([], ""),
    ],
)
def test_a_bad_switch_is_refused_by_field(control: Control, posted: Any, pointer: str) -> None:
    answer = control.http.post("/_sandbox/faults", json=posted)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["pointer"] for one in answer.json()["violations"]] == [pointer]


def _strikes(seed: int, calls: int) -> list[bool]:
    faults = Faults()
    faults.add(Fault(system="procapita", fault="refuse", probability=0.3, seed=seed))
    names = frozenset({"registrera_beslut"})
    return [
        faults.for_call("procapita", "malmo", names, read=False) is not None for _ in range(calls)
    ]


def test_chance_is_repeated_by_its_seed() -> None:
    assert _strikes(1, 200) == _strikes(1, 200)
    assert _strikes(1, 200) != _strikes(2, 200)
    assert 30 <= sum(_strikes(1, 200)) <= 90

"""Webhooks to the bridge: signed, repeated while it is away, and the two webhook faults."""

from collections.abc import Callable
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from bbic_bridge.contracts.xml import parse_untrusted
from bbic_bridge.sandbox.schema import Schema
from tests.sandbox.conftest import CALLBACK_SECRET, WEBHOOK_SECRET
from tests.sandbox.control import Control
from tests.sandbox.peer import Peer, Received
from tests.sandbox.vendors import Vendor

Change = Callable[..., Any]


def _andring_id(received: Received) -> str:
    andring = parse_untrusted(received.body)[0]
    return str(andring.get("andringsId") or andring.findtext("{*}AndringsId"))


def test_a_change_is_told_signed(vendor: Vendor, change: Change, peer: Peer) -> None:
    made = change(vendor, "beslut_registrerat", webhook=True)
    received = peer.next()

    assert received.path == f"/v1/webhooks/{vendor.system}/{vendor.kommun}"
    assert received.headers["content-type"] == "application/xml; charset=utf-8"
    Webhook(WEBHOOK_SECRET).verify(received.body, received.headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(CALLBACK_SECRET).verify(received.body, received.headers, json_parse=False)
    page = parse_untrusted(received.body)
    assert Schema(f"{vendor.system}.xsd").problem(page) is None
    assert _andring_id(received) == made["andring_id"]


def test_every_step_is_its_own_webhook_in_order(
    vendor: Vendor, change: Change, peer: Peer, control: Control
) -> None:
    made = change(vendor, "genomforandeplan_upprattad", webhook=True)
    received = [peer.next() for _ in range(3)]
    assert [_andring_id(one) for one in received] == [one["andring_id"] for one in made["changes"]]
    assert len({one.headers["webhook-id"] for one in received}) == 3
    assert [one["outcome"] for one in control.webhooks()] == ["delivered"] * 3


def test_nothing_is_sent_unless_asked_nor_for_our_own_writes(
    vendor: Vendor, change: Change, control: Control
) -> None:
    change(vendor, "beslut_registrerat")
    vendor.send("registrera_beslut")
    assert control.lines("webhooks") == []


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_bridge_in_trouble_is_told_again(
    vendor: Vendor, change: Change, peer: Peer, control: Control, status: int
) -> None:
    peer.answers += [status, status]
    change(vendor, "aktanteckning_skapad", webhook=True)
    received = [peer.next() for _ in range(3)]
    assert len({one.headers["webhook-id"] for one in received}) == 1
    (sent,) = control.webhooks()
    assert (sent["outcome"], sent["attempts"], sent["status"]) == ("delivered", 3, 202)


def test_a_refusal_is_final(vendor: Vendor, change: Change, peer: Peer, control: Control) -> None:
    peer.answers.append(401)
    change(vendor, "aktanteckning_skapad", webhook=True)
    (sent,) = control.webhooks()
    assert (sent["outcome"], sent["attempts"], sent["status"]) == ("refused", 1, 401)


def test_it_gives_up_in_the_end_and_goes_on_with_the_next(
    vendor: Vendor, change: Change, peer: Peer, control: Control
) -> None:
    peer.answers += [500] * 5
    change(vendor, "aktanteckning_skapad", webhook=True)
    change(vendor, "aktanteckning_skapad", webhook=True)
    assert [one["outcome"] for one in control.webhooks()] == ["gave_up", "delivered"]


def test_a_kommun_without_secret_sends_nothing(control: Control) -> None:
    control.change("procapita", "annan", "resurs_registrerad", webhook=True)
    (sent,) = control.webhooks()
    assert (sent["outcome"], sent["attempts"], sent["kommun"]) == ("not_sent", 0, "annan")


def test_duplicate_webhook_sends_the_same_twice(
    vendor: Vendor, change: Change, peer: Peer, control: Control
) -> None:
    control.fault(vendor.system, "duplicate_webhook", times=1)
    change(vendor, "aktanteckning_skapad", webhook=True)
    change(vendor, "aktanteckning_skapad", webhook=True)
    first, second, third = (peer.next() for _ in range(3))
    assert first.body == second.body != third.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_reordered_webhook_lets_the_next_go_first(
    vendor: Vendor, change: Change, peer: Peer, control: Control
) -> None:
    control.fault(vendor.system, "reordered_webhook", times=1, delay_ms=60_000)
    one = change(vendor, "aktanteckning_skapad", webhook=True)
    two = change(vendor, "aktanteckning_skapad", webhook=True)
    received = [_andring_id(peer.next()) for _ in range(2)]
    assert received == [two["andring_id"], one["andring_id"]]


def test_reordered_webhook_goes_alone_when_no_other_comes(
    vendor: Vendor, change: Change, peer: Peer, control: Control
) -> None:
    control.fault(vendor.system, "reordered_webhook", times=1, delay_ms=50)
    made = change(vendor, "aktanteckning_skapad", webhook=True)
    assert _andring_id(peer.next()) == made["andring_id"]


def test_a_webhook_fault_leaves_calls_alone(vendor: Vendor, control: Control) -> None:
    control.fault(vendor.system, "duplicate_webhook")
    assert vendor.send("registrera_beslut").kod is None
    (switch,) = control.http.get("/_sandbox/faults").json()
    assert switch["struck"] == 0


def test_a_reset_forgets_what_is_on_its_way(
    vendor: Vendor, change: Change, peer: Peer, control: Control
) -> None:
    peer.answers += [500] * 5
    change(vendor, "aktanteckning_skapad", webhook=True)
    peer.next()
    control.http.post("/_sandbox/reset").raise_for_status()
    peer.forget()
    made = change(vendor, "aktanteckning_skapad", webhook=True)
    assert _andring_id(peer.next()) == made["andring_id"]
    assert [one["outcome"] for one in control.webhooks()] == ["delivered"]

"""What the demo shows, act by act. Each act ends only when what it promised has come true."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from bbic_bridge.cli.demo.cases import Case, load_case
from bbic_bridge.cli.demo.clients import Record
from bbic_bridge.cli.demo.house import House
from bbic_bridge.cli.demo.screen import Screen
from bbic_bridge.cli.exits import OurFault

WITHIN_S = 40
POLL_S = 0.2
PREFIX = "se.bbic."
MALMO, EXEMPEL = ("procapita", "malmo"), ("treserva", "exempel")
CASES = ("kontaktfamilj_malmo", "oppenvard_chansen", "sarskilt_kvalificerad_kontaktperson_malmo")


def perform(house: House, screen: Screen) -> None:
    """Plays all acts.

    Raises:
        OurFault: something did not come true in time.
    """
    family, chansen, qualified = (load_case(name) for name in CASES)
    hvb = load_case("hvb_exempel")
    play = Play(house, screen)
    _contact_family(play, family)
    _chansen(play, chansen)
    _others(play, qualified, hvb)
    _broken_vendor(play, family)
    _people(play, family, chansen)
    screen.act("The handbook workflow knows everything, and nothing twice")
    play.until(_all_callbacks_verified(house), "all callbacks verified")
    play.require_nothing_else_was_told()


class Play:
    """The means of an act: send, tell, and wait for something to come true."""

    def __init__(self, house: House, screen: Screen) -> None:
        self.house = house
        self.screen = screen
        self._told: Counter[str] = Counter()

    def send(self, events: Sequence[Record], what: str) -> None:
        self.screen.say(f"{len(events)} events: {what}")
        self.house.bridge.send(events)

    def person(self, where: tuple[str, str], kind: str, words: str, **what: Any) -> None:
        """Somebody does something in a vendor system."""
        self.screen.say(words)
        self.house.sandbox.change(*where, kind, **what)

    def until(self, condition: Callable[[list[Record]], bool], what: str) -> list[Record]:
        """Watches the deliveries until the condition holds, and returns them.

        Raises:
            OurFault: it does not hold in time.
        """
        deadline = time.monotonic() + WITHIN_S
        while True:
            deliveries = self.house.bridge.deliveries()
            self.screen.update(deliveries)
            if condition(deliveries):
                return deliveries
            if time.monotonic() > deadline:
                raise OurFault(f"The demo failed: not within {WITHIN_S} s: {what}.")
            time.sleep(POLL_S)

    def until_verified(self) -> None:
        self.until(lambda all_: _states(all_) == {"verified"}, "all deliveries verified")

    def until_told(self, event_type: str) -> None:
        """Waits for one more event of this type in the workflow's feed."""
        self._told[event_type] += 1
        expected = self._told[event_type]
        self.until(
            lambda _: self._news()[event_type] >= expected, f"{event_type} in the workflow's feed"
        )
        self.screen.say(f"the workflow's feed: {event_type}")

    def require_nothing_else_was_told(self) -> None:
        """Our own writes are not echoed, and no change was told twice, however it came."""
        if (news := self._news()) != self._told:
            odd = ", ".join((news - self._told) + (self._told - news))
            raise OurFault(f"The demo failed: told too often or not at all: {odd}.")

    def _news(self) -> Counter[str]:
        """What the feed tells of the vendors, by type; not how our own deliveries went."""
        types = (event["type"].removeprefix(PREFIX) for event in self.house.bridge.feed())
        return Counter(name for name in types if not name.startswith("leverans."))


def _contact_family(play: Play, case: Case) -> None:
    play.screen.act("Kontaktfamilj, Malmö: through Procapita")
    play.send(case.before("beslut.fortsatt_bistand"), "beslutsunderlag to the first uppföljning")
    play.until(_only_waits_for("resurs_registrerad"), "only the resource is missing")
    play.screen.say("tilldela_resurs waits until the resource is registered in Procapita")
    _register_resource(play, case)
    play.until_verified()


def _register_resource(play: Play, case: Case) -> None:
    resource = case.value("resurs.tilldela", "resurs_id")
    words = f"familjehemssekreteraren registers {resource} in Procapita; Procapita tells (webhook)"
    data = {"resurs_id": resource}
    play.person(MALMO, "resurs_registrerad", words, data=data, webhook=True)
    play.until_told("resurs.registrerad")


def _chansen(play: Play, case: Case) -> None:
    play.screen.act("Öppenvård at Chansen, Exempel: through Treserva")
    play.send(case.before("uppfoljningsmote.bokat"), "beslutsunderlag, beslut, uppdrag, start")
    play.until_verified()
    about = {"uppdrag_id": case.value("uppdrag.upprattat", "uppdrag_id")}
    for kind, words, told in (
        ("uppdrag_mottaget", "the enhetschef for Chansen receives the uppdrag", "uppdrag.mottaget"),
        ("uppdrag_fordelat", "and gives it to a behandlare (fördelning)", "uppdrag.fordelat"),
        (
            "genomforandeplan_upprattad",
            "the genomförandeplan comes back by webhook",
            "genomforandeplan.inkommen",
        ),
    ):
        play.person(EXEMPEL, kind, words, arende=case.arende, data=about, webhook=True)
        play.until_told(told)
    play.send(case.since("uppfoljningsmote.bokat"), "uppföljning to avslut")
    play.until_verified()


def _others(play: Play, qualified: Case, hvb: Case) -> None:
    play.screen.act("Särskilt kvalificerad kontaktperson, Malmö; HVB, Exempel")
    play.send(qualified.events, "särskilt kvalificerad kontaktperson, from start to avslut")
    play.send(hvb.events, "HVB: plan back for signature, rättelse, revision, återkallelse, avslut")
    _register_resource(play, qualified)
    play.until_verified()


def _broken_vendor(play: Play, case: Case) -> None:
    play.screen.act("Procapita breaks: answers get lost, a beslut is refused")
    sandbox = play.house.sandbox
    sandbox.break_it("procapita", "lost_response", operation="registrera_dokument", times=3)
    sandbox.break_it("procapita", "reject", operation="registrera_beslut")
    play.send(case.since("beslut.fortsatt_bistand"), "fortsatt bistånd to avslut")
    play.until(_stuck_behind_failed, "one failed, the rest waiting behind it or done")
    play.screen.say("three answers were lost: what they had done was looked up, not done again")
    for failed in play.house.bridge.deliveries(state="failed"):
        error, behind = failed["error_code"], failed["waiting_behind"]
        play.screen.say(f"failed: {failed['operation']} ({error}), {behind} waiting behind it")
    sandbox.mend("procapita")
    play.screen.say("Procapita is put right; `bbic-bridge replay --state failed`")
    play.house.command("replay", "--state", "failed", "--reason", "Procapita is put right")
    play.until_verified()


def _people(play: Play, family: Case, chansen: Case) -> None:
    play.screen.act("People work in the vendor systems too")
    words = "somebody writes a note in Procapita; Procapita tells (webhook)"
    play.person(MALMO, "aktanteckning_skapad", words, arende=family.arende, webhook=True)
    play.until_told("aktanteckning.inkommen")
    words = "somebody registers a beslut in Treserva, and Treserva says nothing"
    play.person(EXEMPEL, "beslut_registrerat", words, arende=chansen.arende, webhook=False)
    play.screen.say("`bbic-bridge sync --once` asks both what has changed")
    play.house.command("sync", "--once")
    play.until_told("beslut.registrerat")


def _states(deliveries: list[Record]) -> set[str]:
    return {delivery["state"] for delivery in deliveries}


def _only_waits_for(fact: str) -> Callable[[list[Record]], bool]:
    """Everything is done but what waits, and what waits lacks nothing we could give."""

    def holds(deliveries: list[Record]) -> bool:
        waiting = [d for d in deliveries if d["state"] == "waiting"]
        heads = [d for d in waiting if d["behind"] is None]
        lacking = {name.partition(":")[0] for d in heads for name in d["waits_for"]}
        return _states(deliveries) <= {"verified", "waiting"} and lacking == {fact}

    return holds


def _stuck_behind_failed(deliveries: list[Record]) -> bool:
    return _states(deliveries) <= {"verified", "waiting", "failed"} and any(
        d["state"] == "failed" and d["waiting_behind"] for d in deliveries
    )


def _all_callbacks_verified(house: House) -> Callable[[list[Record]], bool]:
    def holds(_: list[Record]) -> bool:
        return _states(house.bridge.deliveries(operation="notify_workflow")) == {"verified"}

    return holds

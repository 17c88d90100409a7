"""What the demo shows, act by act. Each act ends only when what it promised has come true."""

from bbic_bridge.cli.demo.cases import Case, load_case
from bbic_bridge.cli.demo.house import House
from bbic_bridge.cli.demo.play import (
    EXEMPEL,
    MALMO,
    Play,
    all_callbacks_verified,
    only_waits_for,
    stuck_behind_failed,
)
from bbic_bridge.cli.demo.screen import Screen

PARTED = {"oppenvard_chansen": "uppfoljningsmote.bokat", "hvb_exempel": "beslut.avbrott"}
"""Cases that are sent in two parts, and where. What was sent so far must leave no limit to pass: on
whatever day this is played, only the limit that ``examples/README.md`` tells of is overdue."""


def perform(house: House, screen: Screen) -> None:
    """Plays all acts.

    Raises:
        OurFault: something did not come true in time.
    """
    play = Play(house, screen)
    family, chansen = load_case("kontaktfamilj_malmo"), load_case("oppenvard_chansen")
    _contact_family(play, family)
    _chansen(play, chansen)
    _placements(play, load_case("familjehem_exempel"), load_case("hvb_exempel"))
    _broken_vendor(play, load_case("sarskilt_kvalificerad_kontaktperson_malmo"))
    _departure(play, load_case("kontaktperson_malmo"))
    _people(play, family, chansen)
    screen.act("The handbook workflow knows everything, and nothing twice")
    play.until(all_callbacks_verified(house), "all callbacks verified")
    play.require_nothing_else_was_told()


def _contact_family(play: Play, case: Case) -> None:
    play.screen.act("Kontaktfamilj, Malmö: through Procapita")
    play.send(case.events, "matchning and beslut to avslut, with fortsatt bistånd in between")
    play.until(only_waits_for("resurs_registrerad"), "only the resource is missing")
    play.screen.say("tilldela_resurs waits until the resource is registered in Procapita")
    play.register_resource(case, MALMO)
    play.until_verified()


def _chansen(play: Play, case: Case) -> None:
    play.screen.act("Öppenvård at Chansen, Exempel: through Treserva")
    first, then = case.parted(PARTED["oppenvard_chansen"])
    play.send(first, "beslutsunderlag, beslut, uppdrag, start")
    play.until_verified()
    _taken_on(play, case)
    words = "the genomförandeplan comes back by webhook"
    about = {"uppdrag_id": case.value("uppdrag.upprattat", "uppdrag_id")}
    kind = "genomforandeplan_upprattad"
    play.person(EXEMPEL, kind, words, arende=case.arende, data=about, webhook=True)
    play.until_told("genomforandeplan.inkommen")
    play.send(then, "uppföljning to avslut")
    play.until_verified()


def _taken_on(play: Play, case: Case) -> None:
    """What Chansen does with an uppdrag."""
    about = {"uppdrag_id": case.value("uppdrag.upprattat", "uppdrag_id")}
    for kind, words, told in (
        ("uppdrag_mottaget", "the enhetschef for Chansen receives the uppdrag", "uppdrag.mottaget"),
        ("uppdrag_fordelat", "and gives it to a behandlare (fördelning)", "uppdrag.fordelat"),
    ):
        play.person(EXEMPEL, kind, words, arende=case.arende, data=about, webhook=True)
        play.until_told(told)


def _placements(play: Play, familjehem: Case, hvb: Case) -> None:
    play.screen.act("Familjehem with BIM-grupp and stöd i föräldrarollen; HVB: Exempel")
    play.register_resource(familjehem, EXEMPEL)
    play.send(familjehem.events, "one vårdplan, a genomförandeplan for each of three utförare")
    first, then = hvb.parted(PARTED["hvb_exempel"])
    play.send(first, "HVB: the home's own mål, plan back for signature")
    play.until_verified()
    play.send(then, "HVB: återkallelse, avslut; öppenvård afterwards")
    play.until_verified()
    _taken_on(play, Case(then))


def _broken_vendor(play: Play, case: Case) -> None:
    play.screen.act("Procapita breaks: answers get lost, a beslut is refused")
    sandbox = play.house.sandbox
    play.register_resource(case, MALMO)
    sandbox.break_it("procapita", "lost_response", operation="registrera_dokument", times=3)
    sandbox.break_it("procapita", "reject", operation="registrera_beslut")
    play.send(case.events, "särskilt kvalificerad kontaktperson, from start to avslut")
    play.until(stuck_behind_failed, "one failed, the rest waiting behind it or done")
    play.screen.say("three answers were lost: what they had done was looked up, not done again")
    for failed in play.house.bridge.deliveries(state="failed"):
        error, behind = failed["error_code"], failed["waiting_behind"]
        play.screen.say(f"failed: {failed['operation']} ({error}), {behind} waiting behind it")
    sandbox.mend("procapita")
    play.screen.say("Procapita is put right; `bbic-bridge replay --state failed`")
    play.house.command("replay", "--state", "failed", "--reason", "Procapita is put right")
    play.until_verified()


def _departure(play: Play, case: Case) -> None:
    play.screen.act("Kontaktperson, Malmö: the case that departs from the handbook")
    play.register_resource(case, MALMO)
    play.send(case.events, "a reworded mål; prolonged without end, and never followed up again")
    deviation = play.until_told("avvikelse.upptackt")["data"]
    play.screen.say(f"  {deviation['avvikelse']}: {deviation['objekt_id']}, for a person to see")
    play.house.scheduled("watch_deadlines")
    limit = play.until_told("frist.overskriden")["data"]
    play.screen.say(f"  {limit['frist']} of {limit['objekt_id']}: {limit['senast']} at the latest")
    play.until_verified()


def _people(play: Play, family: Case, chansen: Case) -> None:
    play.screen.act("People work in the vendor systems too")
    words = "somebody writes a note in Procapita; Procapita tells (webhook)"
    play.person(MALMO, "aktanteckning_skapad", words, arende=family.arende, webhook=True)
    play.until_told("aktanteckning.inkommen")
    words = "somebody registers a beslut in Treserva, and Treserva says nothing"
    about = {"insatstyp": "oppenvard"}
    play.person(
        EXEMPEL, "beslut_registrerat", words, arende=chansen.arende, data=about, webhook=False
    )
    play.screen.say("`bbic-bridge sync --once` asks both what has changed")
    play.house.command("sync", "--once")
    play.until_told("beslut.registrerat")

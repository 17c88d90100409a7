"""Every time limit: kept, kept late, broken, fallen away; and for whom it runs."""

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.handbook.frister import REGEL, REGLER, VIKTER, Frist, besked, frister, skede
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from bbic_bridge.handbook.uppgifter import Insatstyp
from tests.handbook.fall import (
    avbrott,
    avslut,
    avsluta,
    beslut,
    d,
    fortsatt,
    notis,
    verkstall,
    verkstallt,
)

KONTAKTPERSON_ELLER_FAMILJ = {"kontaktperson", "kontaktfamilj"}


@dataclass(frozen=True)
class Val:
    """A kommun's choices."""

    insatstyper: frozenset[Insatstyp] | None = None
    varna_dagar: int | None = None


def av(kod: str, *notiser: Notis, val: Val | None = None) -> list[Frist]:
    """The runs of one limit, in the order they began."""
    alla = frister(Lage(notiser), {} if val is None else {kod: val})
    return sorted((f for f in alla if f.kod == kod), key=lambda f: (f.fran, f.objekt))


def en(kod: str, *notiser: Notis, val: Val | None = None) -> Frist:
    (frist,) = av(kod, *notiser, val=val)
    return frist


def dagar(frist: Frist) -> tuple[str, str]:
    return frist.fran.isoformat(), frist.senast.isoformat()


def pa(frist: Frist, dag: str) -> str:
    return skede(frist, d(dag))


def remiss(insatstyp: str = "kontaktfamilj", remiss_id: str = "R1") -> Notis:
    return notis(
        "remiss.skickad", "2026-01-10", remiss_id=remiss_id, insatstyp=insatstyp, datum="2026-01-10"
    )


def forslag(matchning_id: str = "MA1", remiss_id: str | None = "R1") -> Notis:
    data = {"matchning_id": matchning_id, "remiss_id": remiss_id, "datum": "2026-01-20"}
    return notis("matchning.foreslagen", "2026-01-20", **data)


def samtycke(matchning_id: str = "MA1", **roller: str) -> Notis:
    samtycken = [{"roll": roll, "datum": dag} for roll, dag in roller.items()]
    dag = max(roller.values())
    return notis("matchning.samtyckt", dag, matchning_id=matchning_id, samtycken=samtycken)


def mote(typ: str, dag: str, mote_id: str = "M1", **data: Any) -> Notis:
    return notis(typ, dag, mote_id=mote_id, tid=f"{dag}T14:00:00+02:00", **data)


def uppstart(dag: str, mote_id: str = "M1", **data: Any) -> Notis:
    return mote("uppstartsmote.genomfort", dag, mote_id, **data)


def kallat(mote_id: str = "M1", **data: Any) -> Notis:
    return mote("uppstartsmote.kallat", "2026-02-01", mote_id, **data)


def startad(dag: str, insats_id: str = "I1") -> Notis:
    return notis("insats.startad", dag, insats_id=insats_id, datum=dag)


def plan(
    dag: str, typ: str = "genomforandeplan.faststalld", insats_id: str = "I1", **data: Any
) -> Notis:
    sagt = {"insatstyp": "kontaktfamilj", **data}
    return notis(typ, dag, plan_id="P1", insats_id=insats_id, datum=dag, **sagt)


def uppfoljning(dag: str, uppfoljning_id: str = "UP1", **data: Any) -> Notis:
    sagt = {"uppfoljning_id": uppfoljning_id, "insats_id": "I1", "datum": dag, **data}
    return notis("uppfoljning.dokumenterad", dag, **sagt)


def uppfoljningsmote(dag: str, mote_id: str = "UM1", **data: Any) -> Notis:
    return mote("uppfoljningsmote.genomfort", dag, mote_id, **data)


class TestUppstartsmote:
    """Within two weeks of the last consent (A:41)."""

    SAMTYCKE = samtycke(vardnadshavare="2026-02-02", barn="2026-02-05")

    def test_runs_from_the_last_consent(self) -> None:
        frist = en("uppstartsmote", remiss(), forslag(), self.SAMTYCKE)
        assert dagar(frist) == ("2026-02-05", "2026-02-19")
        assert (frist.objekt, frist.insatstyp, frist.vikt) == ("MA1", "kontaktfamilj", "ska")
        assert pa(frist, "2026-02-13") == "loper"
        assert pa(frist, "2026-02-14") == "narmar_sig"
        assert pa(frist, "2026-02-19") == "narmar_sig"
        assert pa(frist, "2026-02-20") == "overskriden"

    @pytest.mark.parametrize(
        ("dag", "hur"), [("2026-02-19", "uppfylld"), ("2026-02-20", "uppfylld_sent")]
    )
    def test_is_met_by_the_meeting(self, dag: str, hur: str) -> None:
        motet = uppstart(dag)
        frist = en("uppstartsmote", self.SAMTYCKE, motet)
        assert (frist.uppfylld, frist.uppfylld_av) == (d(dag), motet.rad)
        assert pa(frist, "2027-01-01") == hur

    def test_a_later_consent_moves_it(self) -> None:
        senare = samtycke(god_man="2026-02-08")
        assert dagar(en("uppstartsmote", self.SAMTYCKE, senare)) == ("2026-02-08", "2026-02-22")

    def test_a_meeting_before_anyone_consented_was_about_something_else(self) -> None:
        assert en("uppstartsmote", self.SAMTYCKE, uppstart("2026-02-01")).uppfylld is None
        assert en("uppstartsmote", self.SAMTYCKE, uppstart("2026-02-02")).uppfylld is not None

    def test_the_call_ties_a_meeting_to_its_match(self) -> None:
        andra = samtycke("MA2", vardnadshavare="2026-02-07")
        kallelse = kallat(matchning_id="MA1")
        ett, tva = av("uppstartsmote", self.SAMTYCKE, andra, kallelse, uppstart("2026-02-10"))
        assert (ett.uppfylld, tva.uppfylld) == (d("2026-02-10"), None)

    def test_a_meeting_that_names_no_match_is_about_the_newest_of_its_kind(self) -> None:
        fall = (
            remiss("kontaktperson"),
            forslag(),
            self.SAMTYCKE,
            remiss("kontaktfamilj", "R2"),
            forslag("MA2", "R2"),
            samtycke("MA2", vardnadshavare="2026-02-07"),
        )
        ett, tva = av("uppstartsmote", *fall, uppstart("2026-02-10"))
        assert (ett.uppfylld, tva.uppfylld) == (None, d("2026-02-10"))
        insats = verkstall("2026-02-09", insatstyp="kontaktperson")
        ett, tva = av("uppstartsmote", *fall, insats, uppstart("2026-02-10", insats_id="I1"))
        assert (ett.uppfylld, tva.uppfylld) == (d("2026-02-10"), None)

    def test_another_match_out_of_the_same_remiss_takes_its_place(self) -> None:
        andra = samtycke("MA2", vardnadshavare="2026-03-07")
        ett, tva = av("uppstartsmote", remiss(), forslag(), self.SAMTYCKE, forslag("MA2"), andra)
        assert (pa(ett, "2026-03-06"), pa(ett, "2026-03-07")) == ("overskriden", "upphord")
        assert tva.upphord is None

    def test_falls_away_when_the_insats_is_refused(self) -> None:
        nej = beslut("2026-02-10", beslutstyp="avslag")
        assert pa(en("uppstartsmote", remiss(), forslag(), self.SAMTYCKE, nej), "2026-02-10") == (
            "upphord"
        )
        fall = (remiss(), forslag(), self.SAMTYCKE, nej, beslut("2026-02-11", "B2"))
        assert pa(en("uppstartsmote", *fall), "2026-03-01") == "overskriden"

    def test_falls_away_when_the_insats_has_ended(self) -> None:
        fall = (remiss(), forslag(), self.SAMTYCKE, verkstall("2026-02-15"), avsluta("2026-03-01"))
        frist = en("uppstartsmote", *fall)
        assert (pa(frist, "2026-02-28"), pa(frist, "2026-03-01")) == ("overskriden", "upphord")

    @pytest.mark.parametrize(
        ("fall", "galler"),
        [
            ((remiss(), forslag()), True),
            ((remiss("sarskilt_kvalificerad_kontaktperson"), forslag()), False),
            ((remiss("sarskilt_kvalificerad_kontaktperson"),), False),
            ((beslut("2026-02-10", insatstyp="sarskilt_kvalificerad_kontaktperson"),), False),
            ((beslut("2026-02-10", insatstyp="kontaktperson"),), True),
            ((beslut("2026-02-10", insatstyp="oppenvard"),), True),
            ((), True),
        ],
    )
    def test_runs_for_the_kind_that_remiss_or_beslut_tell_and_where_none_does(
        self, fall: tuple[Notis, ...], galler: bool
    ) -> None:
        assert bool(av("uppstartsmote", self.SAMTYCKE, *fall)) == galler


class TestGenomforandeplan:
    """BÖR be settled at the uppstartsmöte, SKA be ready within three weeks of start (A:51)."""

    @pytest.mark.parametrize(
        ("fall", "start"),
        [
            ((startad("2026-03-10"), uppstart("2026-03-03"), verkstall("2026-03-01")), "03-10"),
            ((uppstart("2026-03-03", insats_id="I1"), verkstall("2026-03-01")), "03-03"),
            ((uppstart("2026-03-03"), verkstall("2026-03-01")), "03-03"),
            ((verkstall("2026-03-01"),), "03-01"),
        ],
    )
    def test_the_three_weeks_run_from_the_start(self, fall: Any, start: str) -> None:
        frist = en("genomforandeplan", *fall)
        assert frist.fran == d(f"2026-{start}")
        assert (frist.senast - frist.fran).days == 21
        assert (frist.vikt, frist.objekt) == ("ska", "I1")
        assert pa(frist, frist.senast.isoformat()) == "narmar_sig"
        assert pa(frist, "2026-04-01") == "overskriden"

    @pytest.mark.parametrize(
        ("dag", "hur"),
        [("2026-02-20", "uppfylld"), ("2026-03-24", "uppfylld"), ("2026-03-25", "uppfylld_sent")],
    )
    @pytest.mark.parametrize("sort", ["faststalld", "undertecknad", "inkommen"])
    def test_is_met_by_a_plan(self, dag: str, hur: str, sort: str) -> None:
        gjord = plan(dag, f"genomforandeplan.{sort}")
        frist = en("genomforandeplan", startad("2026-03-03"), gjord)
        assert (pa(frist, "2026-03-30"), frist.uppfylld_av) == (hur, gjord.rad)

    def test_a_plan_sent_back_for_signature_is_not_yet_settled(self) -> None:
        tillbaka = plan("2026-03-05", "genomforandeplan.aterlamnad")
        assert en("genomforandeplan", startad("2026-03-03"), tillbaka).uppfylld is None

    def test_a_vendors_plan_is_known_by_its_uppdrag(self) -> None:
        uppdrag = notis("uppdrag.upprattat", "2026-02-20", uppdrag_id="U1", insats_id="I1")
        annan = startad("2026-03-03", "I2")
        kommen = notis("genomforandeplan.inkommen", "2026-03-05", uppdrag_id="U1", plan_id="v-1")
        ett, tva = av("genomforandeplan", startad("2026-03-03"), annan, uppdrag, kommen)
        assert (ett.uppfylld, tva.uppfylld) == (d("2026-03-05"), None)

    def test_falls_away_with_the_insats_not_before(self) -> None:
        frist = en("genomforandeplan", startad("2026-03-03"), avsluta("2026-04-30"))
        assert (pa(frist, "2026-04-29"), pa(frist, "2026-04-30")) == ("overskriden", "upphord")
        frist = en("genomforandeplan", startad("2026-03-03"), avsluta("2026-03-20"))
        assert pa(frist, "2026-03-15") == "upphord"

    def test_ends_with_the_decision_to_end_where_the_closing_is_not_told(self) -> None:
        fall = (startad("2026-03-03"), beslut("2026-02-15"), avslut("2026-04-01", "2026-04-15"))
        frist = en("genomforandeplan", *fall)
        assert (pa(frist, "2026-04-14"), pa(frist, "2026-04-15")) == ("overskriden", "upphord")

    def test_at_the_meeting_it_bor_be_settled(self) -> None:
        fall = (verkstall("2026-03-01"), uppstart("2026-03-03"))
        frist = en("genomforandeplan_bor", *fall)
        assert (dagar(frist), frist.vikt) == (("2026-03-03", "2026-03-03"), "bor")
        assert (pa(frist, "2026-03-03"), pa(frist, "2026-03-04")) == ("narmar_sig", "overskriden")
        i_tid = en("genomforandeplan_bor", *fall, plan("2026-03-03"))
        assert pa(i_tid, "2026-04-01") == "uppfylld"
        sent = en("genomforandeplan_bor", *fall, plan("2026-03-10"))
        assert pa(sent, "2026-04-01") == "uppfylld_sent"

    def test_before_any_insats_is_known_it_is_the_meetings(self) -> None:
        assert en("genomforandeplan_bor", uppstart("2026-03-03")).objekt == "M1"

    def test_a_meeting_that_may_be_about_any_of_two_insatser_starts_neither(self) -> None:
        fall = (verkstall("2026-03-01"), verkstall("2026-03-01", "B2", "I2"))
        assert not av("genomforandeplan_bor", *fall, uppstart("2026-03-03"))
        for frist in av("genomforandeplan", *fall, uppstart("2026-03-03")):
            assert frist.fran == d("2026-03-01")

    def test_one_insats_of_a_limited_kind_beside_others_is_meant(self) -> None:
        annan = verkstall("2026-03-01", "B2", "I2", insatstyp="oppenvard")
        frist = en("genomforandeplan", verkstall("2026-03-01"), annan, uppstart("2026-03-03"))
        assert (frist.objekt, frist.fran) == ("I1", d("2026-03-03"))


class TestUppfoljning:
    """At least every sixth month from the start, and from each uppföljning (A:103)."""

    @pytest.mark.parametrize(
        ("start", "senast"),
        [("2026-03-03", "2026-09-03"), ("2026-08-31", "2027-02-28"), ("2027-08-30", "2028-02-29")],
    )
    def test_months_are_calendar_months(self, start: str, senast: str) -> None:
        frist = en("uppfoljning", startad(start))
        assert (dagar(frist), frist.vikt) == ((start, senast), "ska")

    def test_each_period_is_a_limit_of_its_own(self) -> None:
        gjorda = (uppfoljning("2026-09-03"), uppfoljning("2027-03-10", "UP2"))
        forsta, andra, tredje = av("uppfoljning", startad("2026-03-03"), *gjorda)
        assert [dagar(en) for en in (forsta, andra, tredje)] == [
            ("2026-03-03", "2026-09-03"),
            ("2026-09-03", "2027-03-03"),
            ("2027-03-10", "2027-09-10"),
        ]
        assert [pa(en, "2027-04-01") for en in (forsta, andra, tredje)] == [
            "uppfylld",
            "uppfylld_sent",
            "loper",
        ]
        assert forsta.uppfylld_av == gjorda[0].rad

    def test_is_overdue_until_it_is_done(self) -> None:
        frist = en("uppfoljning", startad("2026-03-03"))
        assert (pa(frist, "2026-09-03"), pa(frist, "2026-09-04")) == ("narmar_sig", "overskriden")

    def test_two_on_one_day_are_one(self) -> None:
        gjorda = (uppfoljning("2026-09-03"), uppfoljning("2026-09-03", "UP2"))
        assert len(av("uppfoljning", startad("2026-03-03"), *gjorda)) == 2

    def test_a_corrected_one_counts_on_the_corrections_day_only(self) -> None:
        rattad = uppfoljning("2026-08-01", "UP2", ersatter="UP1")
        forsta, andra = av("uppfoljning", startad("2026-03-03"), uppfoljning("2026-08-20"), rattad)
        assert (forsta.uppfylld, andra.fran) == (d("2026-08-01"), d("2026-08-01"))

    def test_one_before_the_start_was_of_something_else(self) -> None:
        assert en("uppfoljning", startad("2026-03-03"), uppfoljning("2026-02-01")).uppfylld is None

    def test_falls_away_with_the_insats(self) -> None:
        frist = en("uppfoljning", startad("2026-03-03"), avsluta("2026-09-30"))
        assert (pa(frist, "2026-09-29"), pa(frist, "2026-09-30")) == ("overskriden", "upphord")

    def test_none_runs_from_the_last_day(self) -> None:
        fall = (startad("2026-03-03"), uppfoljning("2026-08-31"), avsluta("2026-08-31"))
        assert en("uppfoljning", *fall).uppfylld == d("2026-08-31")


class TestUppfoljningsmote:
    """At least a month before the bistånd ends: first SKA (A:53, A:95), then BÖR (A:117)."""

    B1 = beslut("2026-02-15", fran="2026-03-01", till="2026-08-31")
    START = verkstall("2026-03-01")
    B2 = fortsatt("2026-08-20", "2026-09-01", till="2027-03-31")

    def test_is_ska_in_the_first_period_and_bor_after(self) -> None:
        forsta, andra = av("uppfoljningsmote", self.B1, self.START, self.B2)
        assert (forsta.objekt, forsta.vikt, forsta.senast) == ("B1", "ska", d("2026-07-31"))
        assert (andra.objekt, andra.vikt, andra.senast) == ("B2", "bor", d("2027-02-28"))

    @pytest.mark.parametrize(
        ("dag", "hur"),
        [("2026-07-31", "uppfylld"), ("2026-08-01", "uppfylld_sent"), (None, "overskriden")],
    )
    def test_is_met_by_a_meeting_in_the_period(self, dag: str | None, hur: str) -> None:
        hallna = [uppfoljningsmote(dag)] if dag else []
        assert pa(en("uppfoljningsmote", self.B1, self.START, *hallna), "2026-08-15") == hur

    def test_each_period_needs_its_own(self) -> None:
        fall = (self.B1, self.START, self.B2, uppfoljningsmote("2026-07-20", insats_id="I1"))
        forsta, andra = av("uppfoljningsmote", *fall)
        assert (forsta.uppfylld, andra.uppfylld) == (d("2026-07-20"), None)
        forsta, andra = av("uppfoljningsmote", *fall[:-1], uppfoljningsmote("2027-01-20"))
        assert (forsta.uppfylld, andra.uppfylld) == (None, d("2027-01-20"))

    def test_falls_away_when_the_next_period_begins(self) -> None:
        forsta, _ = av("uppfoljningsmote", self.B1, self.START, self.B2)
        assert (pa(forsta, "2026-08-31"), pa(forsta, "2026-09-01")) == ("overskriden", "upphord")

    @pytest.mark.parametrize("slut", [avsluta("2026-08-10"), avslut("2026-08-01", "2026-08-10")])
    def test_falls_away_with_the_insats(self, slut: Notis) -> None:
        frist = en("uppfoljningsmote", self.B1, self.START, slut)
        assert (pa(frist, "2026-08-09"), pa(frist, "2026-08-10")) == ("overskriden", "upphord")

    def test_a_meeting_about_another_insats_does_not_count(self) -> None:
        annan = verkstall("2026-03-01", "B7", "I7", insatstyp="oppenvard")
        fall = (self.B1, self.START, annan)
        namnd = uppfoljningsmote("2026-07-20", insats_id="I7")
        assert en("uppfoljningsmote", *fall, namnd).uppfylld is None
        assert en("uppfoljningsmote", *fall, uppfoljningsmote("2026-07-20")).uppfylld is not None
        bokat = mote("uppfoljningsmote.bokat", "2026-05-01", "UM1", insats_id="I7")
        assert en("uppfoljningsmote", *fall, bokat, uppfoljningsmote("2026-07-20")).uppfylld is None

    def test_a_meeting_is_not_about_an_insats_that_had_ended(self) -> None:
        forra = (verkstall("2025-03-01", "B0", "I0"), avsluta("2026-01-31", "I0", "B0"))
        fall = (self.B1, self.START, *forra, uppfoljningsmote("2026-07-20"))
        assert en("uppfoljningsmote", *fall).uppfylld == d("2026-07-20")

    def test_without_an_end_there_is_nothing_to_be_held_before(self) -> None:
        assert not av("uppfoljningsmote", beslut("2026-02-15", fran="2026-03-01"), self.START)

    def test_the_execution_may_tell_the_end(self) -> None:
        fall = (beslut("2026-02-15", fran="2026-03-01"), verkstall("2026-03-01", till="2026-08-31"))
        assert en("uppfoljningsmote", *fall).senast == d("2026-07-31")

    def test_a_period_of_weeks_asks_for_it_at_its_beginning(self) -> None:
        kort = beslut("2026-02-15", fran="2026-03-01", till="2026-03-20")
        assert dagar(en("uppfoljningsmote", kort)) == ("2026-03-01", "2026-03-01")


class TestFortsattBistand:
    """A decision in connection with the end of the bistånd (A:103)."""

    B1 = beslut("2026-02-15", fran="2026-03-01", till="2026-08-31")
    START = verkstall("2026-03-01")

    def test_is_due_on_the_last_day_and_warned_of_before(self) -> None:
        frist = en("fortsatt_bistand", self.B1, self.START)
        assert (dagar(frist), frist.vikt) == (("2026-03-01", "2026-08-31"), "ska")
        assert (pa(frist, "2026-07-31"), pa(frist, "2026-08-01")) == ("loper", "narmar_sig")
        assert (pa(frist, "2026-08-31"), pa(frist, "2026-09-01")) == ("narmar_sig", "overskriden")

    @pytest.mark.parametrize(
        ("svar", "hur"),
        [
            (fortsatt("2026-08-31", "2026-09-01"), "uppfylld"),
            (fortsatt("2026-09-02", "2026-09-01"), "uppfylld_sent"),
            (avslut("2026-08-20", "2026-08-31"), "uppfylld"),
            (avslut("2026-09-20", "2026-09-30"), "uppfylld_sent"),
            (avsluta("2026-08-31"), "uppfylld"),
            (avsluta("2026-09-10"), "uppfylld_sent"),
        ],
    )
    def test_is_met_by_the_next_decision_or_the_end(self, svar: Notis, hur: str) -> None:
        frist = en("fortsatt_bistand", self.B1, self.START, svar)
        assert (pa(frist, "2026-12-01"), frist.uppfylld_av) == (hur, svar.rad)

    def test_a_decision_about_another_one_does_not_meet_it(self) -> None:
        annat = fortsatt("2026-08-20", "2026-09-01", ersatter="B7", insats_id="I7")
        assert en("fortsatt_bistand", self.B1, self.START, annat).uppfylld is None

    def test_a_vendors_decision_goes_on_from_the_one_before(self) -> None:
        sagt = {"beslutstyp": "fortsatt_bistand", "beslutsdatum": "2026-08-20"}
        typ = {"insatstyp": "kontaktfamilj", "fran": "2026-09-01"}
        vid = notis("beslut.registrerat", "2026-08-20", beslut_id="procapita-9", **sagt, **typ)
        assert en("fortsatt_bistand", self.B1, self.START, vid).uppfylld == d("2026-08-20")
        andra = {**typ, "insatstyp": "oppenvard"}
        vid = notis("beslut.registrerat", "2026-08-20", beslut_id="procapita-9", **sagt, **andra)
        assert en("fortsatt_bistand", self.B1, self.START, vid).uppfylld is None

    def test_a_vendors_decision_about_another_insats_of_the_kind_is_another(self) -> None:
        sagt = {"beslutstyp": "fortsatt_bistand", "beslutsdatum": "2026-08-20"}
        typ = {"insatstyp": "kontaktfamilj", "fran": "2026-09-01"}
        vid = notis("beslut.registrerat", "2026-08-20", beslut_id="procapita-9", **sagt, **typ)
        annan = verkstallt("2026-09-01", "procapita-9", "I2")
        assert en("fortsatt_bistand", self.B1, self.START, vid, annan).uppfylld is None
        samma = verkstallt("2026-09-01", "procapita-9", "I1")
        assert en("fortsatt_bistand", self.B1, self.START, vid, samma).uppfylld == d("2026-08-20")

    def test_of_several_insatser_all_must_have_ended(self) -> None:
        tva = verkstall("2026-03-01", insats_id="I2")
        fall = (self.B1, self.START, tva, avsluta("2026-08-10"))
        assert en("fortsatt_bistand", *fall).uppfylld is None
        assert en("fortsatt_bistand", *fall, avsluta("2026-08-20", "I2")).uppfylld == (
            d("2026-08-20")
        )


class TestEjVerkstallt:
    """Every gynnande beslut is executed within three calendar months (L)."""

    def test_runs_from_the_decision_for_every_kind(self) -> None:
        for typ in sorted(ALLA_INSATSTYPER):
            frist = en("ej_verkstallt", beslut("2026-11-30", insatstyp=typ))
            assert (dagar(frist), frist.vikt) == (("2026-11-30", "2027-02-28"), "lag")
            assert pa(frist, "2027-03-01") == "overskriden"

    @pytest.mark.parametrize(
        ("fran", "hur"), [("2026-05-15", "uppfylld"), ("2026-05-16", "uppfylld_sent")]
    )
    def test_is_met_by_the_execution_on_its_first_day(self, fran: str, hur: str) -> None:
        gjord = verkstall(fran)
        frist = en("ej_verkstallt", beslut("2026-02-15"), gjord)
        assert (pa(frist, "2026-06-01"), frist.uppfylld_av) == (hur, gjord.rad)

    def test_a_part_is_not_the_whole(self) -> None:
        frist = en("ej_verkstallt", beslut("2026-02-15"), verkstall("2026-03-01", delvis=True))
        assert pa(frist, "2026-05-16") == "overskriden"

    def test_an_interruption_starts_it_again(self) -> None:
        fall = (beslut("2026-02-15"), verkstall("2026-03-01"), avbrott("2026-05-01"))
        forsta, andra = av("ej_verkstallt", *fall)
        assert pa(forsta, "2026-09-01") == "uppfylld"
        assert (dagar(andra), pa(andra, "2026-08-02")) == (
            ("2026-05-01", "2026-08-01"),
            "overskriden",
        )

    def test_a_decision_first_registered_at_the_vendor_starts_it(self) -> None:
        sagt = {"beslutstyp": "bifall", "insatstyp": "oppenvard", "beslutsdatum": "2026-02-15"}
        vid = notis("beslut.registrerat", "2026-02-16", beslut_id="procapita-7", **sagt)
        frist = en("ej_verkstallt", vid)
        assert (frist.objekt, dagar(frist)) == ("procapita-7", ("2026-02-15", "2026-05-15"))

    def test_a_refusal_starts_none(self) -> None:
        assert not av("ej_verkstallt", beslut("2026-02-15", beslutstyp="avslag"))

    def test_falls_away_when_the_decision_is_ended(self) -> None:
        frist = en("ej_verkstallt", beslut("2026-02-15"), avslut("2026-06-01", "2026-06-01"))
        assert (pa(frist, "2026-05-31"), pa(frist, "2026-06-01")) == ("overskriden", "upphord")

    def test_what_is_granted_for_weeks_is_warned_of_before_it_runs_out(self) -> None:
        frist = en("ej_verkstallt", beslut("2026-02-15", fran="2026-02-15", till="2026-03-31"))
        assert (pa(frist, "2026-02-28"), pa(frist, "2026-03-31")) == ("loper", "narmar_sig")
        assert pa(frist, "2026-04-01") == "upphord"


class TestConfiguration:
    """A kommun chooses for which kinds, and how long ahead it is warned."""

    def test_by_default_as_the_handbook_says(self) -> None:
        for regel in REGLER:
            alla = regel.insatstyper == ALLA_INSATSTYPER
            assert alla == (regel.kod == "ej_verkstallt")
            assert alla or regel.insatstyper == KONTAKTPERSON_ELLER_FAMILJ

    def test_another_kind_gets_a_limit(self) -> None:
        fall = (verkstall("2026-03-01", insatstyp="oppenvard"),)
        assert not av("uppfoljning", *fall)
        assert av("uppfoljning", *fall, val=Val(insatstyper=frozenset({"oppenvard"})))
        familj = (verkstall("2026-03-01"),)
        assert not av("uppfoljning", *familj, val=Val(insatstyper=frozenset({"oppenvard"})))

    def test_an_unknown_kind_has_every_limit_that_is_not_switched_off(self) -> None:
        okand = startad("2026-03-01")
        assert en("uppfoljning", okand).insatstyp is None
        assert not av("uppfoljning", okand, val=Val(insatstyper=frozenset()))

    @pytest.mark.parametrize(
        ("dagar_fore", "varna"), [(0, "2026-09-01"), (10, "2026-08-22"), (365, "2026-03-01")]
    )
    def test_the_warning_comes_as_many_days_ahead(self, dagar_fore: int, varna: str) -> None:
        frist = en("uppfoljning", startad("2026-03-01"), val=Val(varna_dagar=dagar_fore))
        assert frist.varna == d(varna)


class TestBesked:
    """What there is to tell of a limit, and from which day."""

    FRIST = Frist(
        "uppfoljning", "I1", None, "ska", d("2026-03-01"), d("2026-08-02"), d("2026-09-01")
    )

    def test_first_that_it_draws_near_then_that_it_is_overdue(self) -> None:
        assert besked(self.FRIST) == {"narmar_sig": d("2026-08-02"), "overskriden": d("2026-09-02")}

    @pytest.mark.parametrize(
        ("andrat", "vad"),
        [
            ({"uppfylld": d("2026-08-01")}, set()),
            ({"upphord": d("2026-09-01")}, set()),
            ({"upphord": d("2026-09-02")}, {"narmar_sig"}),
            ({"upphord": d("2026-09-03")}, {"narmar_sig", "overskriden"}),
            ({"senast": date.max}, {"narmar_sig"}),
        ],
    )
    def test_nothing_of_what_is_met_or_has_fallen_away(
        self, andrat: dict[str, date], vad: set[str]
    ) -> None:
        assert set(besked(replace(self.FRIST, **andrat))) == vad  # type: ignore[arg-type]


def test_every_limit_has_its_own_code() -> None:
    assert len(REGEL) == len(REGLER)


def test_the_operators_page_tells_every_limit_as_it_is() -> None:
    page = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
    section = page.split("## Time limits\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if "| `" in line[:3]]
    assert {row[0].strip("`") for row in rows} == REGEL.keys()
    for kod, _, _, _, vikt, kalla, galler, varnar in rows:
        regel = REGEL[kod.strip("`")]
        assert VIKTER[regel.vikt] in vikt.split(";")[0]
        assert set(regel.kalla.removeprefix("L: ").split(", ")) <= set(re.split("[,;] ", kalla))
        assert (galler == "every kind") == (regel.insatstyper == ALLA_INSATSTYPER)
        assert varnar == (f"{regel.varna_dagar} days" if regel.varna_dagar else "that day")

"""Time limits whatever happened: the order of arrival, month ends and leap days change nothing."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from bbic_bridge.handbook.frister import REGEL, Frist, besked, frister, skede
from bbic_bridge.handbook.kalender import add_days, add_months
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from tests.handbook.fall import (
    avbrott,
    avslut,
    avsluta,
    beslut,
    fortsatt,
    notis,
    verkstall,
    verkstallt,
)
from tests.handbook.frister.test_frister import (
    forslag,
    kallat,
    plan,
    remiss,
    samtycke,
    startad,
    uppfoljning,
    uppfoljningsmote,
    uppstart,
)

START = date(2027, 8, 29)
DAGAR = st.integers(0, 600).map(lambda n: (START + timedelta(days=n)).isoformat())
"""Over a leap day (2028-02-29) and many month ends, the same day often enough."""
BESLUT = st.sampled_from(["B1", "B2", "B3"])
INSATS = st.sampled_from(["I1", "I2"])
TYP = st.sampled_from(["kontaktperson", "kontaktfamilj", "oppenvard"])
MATCHNING = st.sampled_from(["MA1", "MA2"])
MOTE = st.sampled_from(["M1", "M2"])
KANSKE_INSATS = st.none() | INSATS


def registrerat(dag: str, beslut_id: str, beslutstyp: str, typ: str, till: str | None) -> Notis:
    sagt = {"beslutstyp": beslutstyp, "insatstyp": typ, "beslutsdatum": dag, "till": till}
    return notis("beslut.registrerat", dag, beslut_id=beslut_id, **sagt)


HANDELSER = st.one_of(
    st.builds(remiss, TYP.filter(lambda typ: typ != "oppenvard"), st.sampled_from(["R1", "R2"])),
    st.builds(forslag, MATCHNING, st.none() | st.sampled_from(["R1", "R2"])),
    st.builds(samtycke, MATCHNING, barn=DAGAR, vardnadshavare=DAGAR),
    st.builds(kallat, MOTE, matchning_id=st.none() | MATCHNING, insats_id=KANSKE_INSATS),
    st.builds(uppstart, DAGAR, MOTE, insats_id=KANSKE_INSATS),
    st.builds(beslut, DAGAR, BESLUT, fran=st.none() | DAGAR, till=st.none() | DAGAR, insatstyp=TYP),
    st.builds(beslut, DAGAR, BESLUT, beslutstyp=st.just("avslag"), insatstyp=TYP),
    st.builds(fortsatt, DAGAR, DAGAR, BESLUT, BESLUT, insats_id=INSATS, till=st.none() | DAGAR),
    st.builds(
        registrerat,
        DAGAR,
        st.sampled_from(["B1", "v-1"]),
        st.sampled_from(["bifall", "fortsatt_bistand", "avslut"]),
        TYP,
        st.none() | DAGAR,
    ),
    st.builds(verkstall, DAGAR, BESLUT, INSATS, delvis=st.booleans(), insatstyp=TYP),
    st.builds(verkstallt, DAGAR, BESLUT, INSATS),
    st.builds(avbrott, DAGAR, BESLUT),
    st.builds(startad, DAGAR, INSATS),
    st.builds(plan, DAGAR, insats_id=INSATS),
    st.builds(uppfoljning, DAGAR, st.sampled_from(["UP1", "UP2", "UP3"]), insats_id=INSATS),
    st.builds(uppfoljningsmote, DAGAR, insats_id=KANSKE_INSATS),
    st.builds(avslut, DAGAR, DAGAR, BESLUT),
    st.builds(avsluta, DAGAR, INSATS),
)
FALL = st.lists(HANDELSER, max_size=14)


def av(notiser: Sequence[Notis]) -> tuple[Frist, ...]:
    return frister(Lage(notiser), {})


@st.composite
def omkastade(draw: st.DrawFn) -> tuple[list[Notis], list[Notis]]:
    fall = draw(FALL)
    return fall, draw(st.permutations(fall))


@given(omkastade())
def test_the_order_of_arrival_changes_nothing(fall: tuple[list[Notis], list[Notis]]) -> None:
    kommen, omkastad = fall
    assert av(kommen) == av(omkastad)


@given(FALL)
def test_each_limit_is_one_row_in_itself_sound(fall: list[Notis]) -> None:
    alla = av(fall)
    assert len({(f.kod, f.objekt, f.fran) for f in alla}) == len(alla)
    rader = {en.rad for en in fall}
    for frist in alla:
        assert frist.fran <= frist.varna <= frist.senast
        assert (frist.uppfylld is None) == (frist.uppfylld_av is None)
        assert frist.uppfylld_av is None or frist.uppfylld_av in rader
        assert frist.uppfylld is None or frist.upphord is None
        assert frist.insatstyp is None or frist.insatstyp in REGEL[frist.kod].insatstyper


@given(FALL, st.integers(0, 900))
def test_a_limit_goes_forward_only(fall: list[Notis], dagar: int) -> None:
    """From running over near to overdue, and once it has fallen away it stays so."""
    idag = START + timedelta(days=dagar)
    ordning = ["loper", "narmar_sig", "overskriden", "upphord"]
    for frist in av(fall):
        nu, sedan = skede(frist, idag), skede(frist, idag + timedelta(days=1))
        if frist.uppfylld is not None:
            assert nu == sedan
        else:
            assert ordning.index(nu) <= ordning.index(sedan)


@given(FALL)
def test_what_is_told_is_so_from_that_day_and_not_the_day_before(fall: list[Notis]) -> None:
    for frist in av(fall):
        for vad, dag in besked(frist).items():
            assert skede(frist, dag) == vad
            assert skede(frist, dag - timedelta(days=1)) != vad


@given(FALL, FALL)
def test_more_events_never_fail(fall: list[Notis], mer: list[Notis]) -> None:
    av([*fall, *mer])


VANLIGA = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@given(VANLIGA)
@example(date(2028, 2, 29))
@example(date(2027, 8, 31))
def test_a_period_of_six_months_ends_in_the_sixth_month_on(start: date) -> None:
    (frist,) = (f for f in av([startad(start.isoformat())]) if f.kod == "uppfoljning")
    senast = frist.senast
    assert (senast.year - start.year) * 12 + senast.month - start.month == 6
    assert senast.day == start.day or (senast + timedelta(days=1)).day == 1


@given(VANLIGA)
@example(date(2028, 3, 31))
@example(date(2028, 2, 29))
def test_the_meeting_is_a_month_before_the_end(till: date) -> None:
    fran = add_months(till, -6).isoformat()
    fall = [beslut(fran, fran=fran, till=till.isoformat())]
    (frist,) = (f for f in av(fall) if f.kod == "uppfoljningsmote")
    assert add_months(frist.senast, 1) <= till
    assert frist.senast >= add_days(till, -31)


@given(st.dates())
def test_no_date_is_too_far_off(dag: date) -> None:
    """A vendor may write the last day that there is for a decision without an end."""
    for skrivet in (dag, date.min, date.max):
        vid = registrerat("2026-02-15", "v-1", "bifall", "kontaktfamilj", skrivet.isoformat())
        for frist in av([vid, verkstallt(skrivet.isoformat(), "v-1")]):
            besked(frist)

"""Step 6 and 7: the uppstartsmöte after the family's consent, and the genomförandeplan (A)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from bbic_bridge.handbook.frister.lopp.bas import (
    Lopp,
    Typer,
    forst,
    moten,
    mott,
    slut,
    startade,
    typ_av,
)
from bbic_bridge.handbook.frister.lopp.matchning import Matchning, enda_typ, matchningar
from bbic_bridge.handbook.kalender import add_days
from bbic_bridge.handbook.lage import Insats, Lage
from bbic_bridge.handbook.notiser import Notis

MOTE_INOM_DAGAR = 14
PLAN_INOM_DAGAR = 21
_MOTE = "uppstartsmote.genomfort"
_PLAN = (
    "genomforandeplan.faststalld",
    "genomforandeplan.undertecknad",
    "genomforandeplan.inkommen",
)
"""A plan that is only sent back for signature is not yet settled."""


def uppstartsmote(lage: Lage, typer: Typer) -> Iterator[Lopp]:
    """Within two weeks of the last consent to a match, of the child or a vårdnadshavare/god man.

    Of those told (D): that one is missing is ``samtycke.saknas``, and puts off no limit.
    """
    del typer
    alla = matchningar(lage)
    hallna = _moten_om(lage, alla)
    for matchning in alla:
        mote = forst(hallna[matchning.matchning_id])
        yield Lopp(
            objekt=matchning.matchning_id,
            insatstyp=matchning.insatstyp,
            fran=matchning.samtyckt,
            senast=add_days(matchning.samtyckt, MOTE_INOM_DAGAR),
            **mott(mote),
            upphord=_foll_bort(lage, matchning, alla) if mote is None else None,
        )


def genomforandeplan_bor(lage: Lage, typer: Typer) -> Iterator[Lopp]:
    """BÖR be settled at the uppstartsmöte.

    Of a meeting that may have been about any of several insatser nothing is asked here: the SKA
    of three weeks asks it of each.
    """
    for insats in lage.insatser.values():
        mote = forst(moten(lage, _MOTE, insats, typer))
        if mote is not None:
            yield _plan(lage, insats, mote.dag, mote.dag)
    if not lage.insatser and (mote := forst(lage.av(_MOTE))) is not None:
        mote_id, typ = mote.get("mote_id"), enda_typ(lage)
        yield Lopp(objekt=mote_id, insatstyp=typ, fran=mote.dag, senast=mote.dag)


def genomforandeplan(lage: Lage, typer: Typer) -> Iterator[Lopp]:
    """SKA be ready within three weeks of the insats' start."""
    for insats, start in startade(lage, typer):
        yield _plan(lage, insats, start, add_days(start, PLAN_INOM_DAGAR))


def _plan(lage: Lage, insats: Insats, fran: date, senast: date) -> Lopp:
    planer = (en for en in lage.av(*_PLAN) if lage.insats_av(en) == insats.insats_id)
    return Lopp(
        objekt=insats.insats_id,
        insatstyp=typ_av(lage, insats),
        fran=fran,
        senast=senast,
        **mott(forst(planer)),
        upphord=slut(lage, insats),
    )


def _moten_om(lage: Lage, alla: tuple[Matchning, ...]) -> Mapping[str, list[Notis]]:
    """Uppstartsmöten by matchning.

    The call may name the matchning. Else a meeting belongs to the newest one of its kind that
    anybody had consented to by then (D).
    """
    kallade = {
        en.get("mote_id"): en.get("matchning_id")
        for en in lage.av("uppstartsmote.kallat")
        if en.get("matchning_id") is not None
    }
    hallna: defaultdict[str, list[Notis]] = defaultdict(list)
    for en in lage.av(_MOTE):
        matchning_id = kallade.get(en.get("mote_id")) or _senaste(lage, en, alla)
        if matchning_id is not None:
            hallna[matchning_id].append(en)
    return hallna


def _senaste(lage: Lage, mote: Notis, alla: tuple[Matchning, ...]) -> str | None:
    insats = lage.insatser.get(lage.knuten_insats(mote) or "")
    om = [
        ett
        for ett in alla
        if ett.forst_samtyckt <= mote.dag and (insats is None or ett.kan_galla(insats.insatstyp))
    ]
    return om[-1].matchning_id if om else None


def _foll_bort(lage: Lage, matchning: Matchning, alla: tuple[Matchning, ...]) -> date | None:
    """The day on which a match without a meeting came to nothing: another was agreed on instead,
    the insats was refused, or it has ended."""
    senare = [ett.samtyckt for ett in alla if ett.ersatter(matchning)]
    beslut = [
        ett
        for ett in lage.beslut.values()
        if ett.beslutsdatum >= matchning.forst_samtyckt
        and ett.insatstyp is not None
        and ett.insatstyp == matchning.insatstyp
    ]
    if not any(ett.gynnande for ett in beslut):
        senare += [ett.beslutsdatum for ett in beslut if ett.beslutstyp == "avslag"]
    return min([*senare, *_insatser_slut(lage, matchning)], default=None)


def _insatser_slut(lage: Lage, matchning: Matchning) -> list[date]:
    """The last day of the insatser that the match may have led to, once all have ended."""
    om = [
        ett
        for ett in lage.insatser.values()
        if matchning.kan_galla(ett.insatstyp)
        and (ett.start is None or ett.start >= matchning.forst_samtyckt)
    ]
    dagar = [slut(lage, ett) for ett in om]
    kanda = [dag for dag in dagar if dag is not None and dag >= matchning.forst_samtyckt]
    return [max(kanda)] if kanda and len(kanda) == len(om) else []

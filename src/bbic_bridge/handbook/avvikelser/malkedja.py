"""Mål are carried over, not reworded: utredning → uppdrag → genomförandeplan and uppföljning.

Compared byte for byte, by the digests that notiser hold, each document with what was in force on
its own day. A mål is known by its id, and by its text where the id is new. Lawful are a revised
uppdrag or the plan that holds it, a later beslutsunderlag (ny utredning), the mål of a vårdplan and
a HVB's own mål; delmål, priorities and the mål of the coming period are not compared. Nothing
differs before both documents are known: an underlag that a decision names and that never comes is
``beslut.utan_underlag``.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bbic_bridge.handbook.avvikelser.slag import Avvikelse, Plats, avvikelse
from bbic_bridge.handbook.avvikelser.uppdragen import Uppdragen, Uppdraget, i_kraft
from bbic_bridge.handbook.kodlistor import KONTAKTPERSON_MFL
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis

UNDERLAG = "beslutsunderlag.upprattat"
VARDPLAN = "vardplan.upprattad"
UPPFOLJNING = "uppfoljning.dokumenterad"
FASTSTALLD = "genomforandeplan.faststalld"
ATERLAMNAD = "genomforandeplan.aterlamnad"
INKOMMEN = "genomforandeplan.inkommen"
PLANER = (FASTSTALLD, ATERLAMNAD, INKOMMEN)
_NAMN: Mapping[str, str] = {
    UNDERLAG: "beslutsunderlaget",
    VARDPLAN: "vårdplanen",
    UPPFOLJNING: "uppföljningen",
    **dict.fromkeys(PLANER, "genomförandeplanen"),
}
# An insats that has come this far has the uppdrag it will have, where several share the mål.
_I_GANG = ("insats.startad", "beslut.verkstall", "beslut.verkstallt", *PLANER, UPPFOLJNING)
_EN_DAG = timedelta(days=1)


def mal_och_bedomning(lage: Lage) -> Iterator[Avvikelse]:
    """Every mål and bedömning that is not what it was in the document it was carried over from."""
    kedja = _Kedja(lage)
    for uppdraget in kedja.uppdragen.alla.values():
        yield from kedja.av_uppdrag(uppdraget)
    for plan in lage.av(*PLANER):
        yield from kedja.av_plan(plan)
    for uppfoljning in lage.av(UPPFOLJNING):
        yield from kedja.av_uppfoljning(uppfoljning)


def egna_mal(lage: Lage, plan: Notis) -> bool:
    """Whether a plan that a HVB sent back holds mål that its uppdrag does not (B)."""
    kedja = _Kedja(lage)
    givna = {mal.text for kalla in kedja.kallor_till(plan) for mal in malen(kalla)}
    return bool(givna) and any(mal.text not in givna for mal in malen(plan))


@dataclass(frozen=True, slots=True)
class Malet:
    """A goal in a document: its id, the digest of its text, and where it stands."""

    mal_id: str
    text: str
    plats: Plats


class _Kedja:
    """The documents of a case, and which of them each was to be carried over from."""

    def __init__(self, lage: Lage) -> None:
        self._lage = lage
        self.uppdragen = Uppdragen(lage)

    def av_uppdrag(self, uppdraget: Uppdraget) -> Iterator[Avvikelse]:
        """An uppdrag against its beslutsunderlag; a revised one may differ."""
        underlag = self._underlag_till(uppdraget)
        for en in uppdraget.notiser:
            if en.typ == "uppdrag.upprattat" and underlag:
                yield from _bedomning(en, underlag)
                yield from _andrade(en, [*underlag, *self._vardplaner(en.dag)])
                if self._svarar_for_helheten(uppdraget, underlag[0]):
                    yield from _saknade(en, underlag, delade=self._delade(uppdraget, underlag[0]))

    def av_plan(self, plan: Notis) -> Iterator[Avvikelse]:
        """A plan against the uppdrag in force; a HVB may formulate its own mål, and a plan that
        holds the revised uppdrag may differ from the one before."""
        if self._reviderar(plan):
            return
        kallor = self.kallor_till(plan)
        av_hvb = plan.typ != FASTSTALLD and self._ar_hvb(plan)
        hvb_planer = self._hvb_planer(plan)
        ocksa = [*self._vardplaner(plan.dag), *hvb_planer]
        yield from _andrade(plan, kallor, ocksa, far_lagga_till=av_hvb)
        if not av_hvb:
            yield from _saknade(plan, kallor, hvb_planer)

    def av_uppfoljning(self, uppfoljning: Notis) -> Iterator[Avvikelse]:
        """An uppföljning against the uppdrag in force."""
        kallor = self.kallor_till(uppfoljning)
        ocksa = [*self._hvb_planer(uppfoljning), *self._reviderande(uppfoljning)]
        yield from _andrade(uppfoljning, kallor, ocksa)
        yield from _saknade(uppfoljning, kallor, ocksa)

    def kallor_till(self, en: Notis) -> list[Notis]:
        """What a plan or uppföljning was to be carried over from, the foremost first.

        That is the uppdrag in force on its day (either one, on a day when it changed) and every
        beslutsunderlag drawn up since. Empty as long as the uppdrag is not known.
        """
        versioner = self._versioner_for(en)
        dagens = (*i_kraft(versioner, en.dag), *i_kraft(versioner, en.dag - _EN_DAG))
        # An uppdrag that has ended is still what its time is followed up against.
        gallande = list(
            {ett.uppdrag_id: ett for ett in dagens or _narmast(versioner, en.dag)}.values()
        )
        if not gallande:
            return []
        sedan = max(ett.datum for ett in gallande)
        nya = (bu for bu in self._underlag(gallande[0], en.dag) if bu.dag > sedan)
        return [*(ett.notis for ett in gallande), *nya]

    def _versioner_for(self, en: Notis) -> tuple[Uppdraget, ...]:
        """The uppdrag that the document is about: the one it names, else its insats'."""
        if en.get("uppdrag_id") is not None:
            return self.uppdragen.versioner(en.get("uppdrag_id"))
        if en.get("insats_id") is not None:
            return self.uppdragen.av_insats(en.get("insats_id"))
        return tuple(self.uppdragen.alla.values())

    def _underlag_till(self, uppdraget: Uppdraget) -> list[Notis]:
        """What an uppdrag was to be copied from: the beslutsunderlag of its decision, and later.

        Empty as long as the one that the decision names is not known.
        """
        namngivet = self._namngivet(uppdraget.notis.get("beslut_id"))
        senare = self._underlag(uppdraget, uppdraget.datum)
        if namngivet is None:
            return senare
        alla = self._lage.av(UNDERLAG)
        valda = [bu for bu in alla if bu.get("beslutsunderlag_id") == namngivet]
        if not valda:
            return []
        nyare = [bu for bu in senare if bu.dag > valda[0].dag]
        ersatt = any(bu.get("ersatter") == namngivet for bu in nyare)
        return nyare if ersatt else [*valda, *nyare]

    def _namngivet(self, beslut_id: str | None) -> str | None:
        """The beslutsunderlag that a decision names, or the first one before it that names any."""
        sedda: set[str] = set()
        while beslut_id is not None and beslut_id not in sedda:
            sedda.add(beslut_id)
            beslut = self._lage.beslut.get(beslut_id)
            if beslut is None:
                return None
            namngivet: str | None = beslut.notis.get("beslutsunderlag_id")
            if namngivet is not None:
                return namngivet
            beslut_id = beslut.ersatter
        return None

    def _underlag(self, uppdraget: Uppdraget, dag: date) -> list[Notis]:
        """The beslutsunderlag that may lie behind an uppdrag on a day, the latest first."""
        egna = {ett.beslut_id for ett in self._lage.beslut_om(uppdraget.insats_id or "")}
        egna.add(uppdraget.notis.get("beslut_id"))
        alla = [bu for bu in self._lage.av(UNDERLAG) if bu.dag <= dag]
        ersatta = {bu.get("ersatter") for bu in alla if bu.dag < dag}
        valda = [
            bu
            for bu in alla
            if bu.get("beslutsunderlag_id") not in ersatta and self._far_vila_pa(bu, egna)
        ]
        return sorted(valda, key=lambda bu: (bu.dag, bu.tid), reverse=True)

    def _far_vila_pa(self, bu: Notis, egna: Collection[str | None]) -> bool:
        """Not where every decision that names it is about another insats."""
        beslut = self._beslut_pa(bu)
        return not beslut or any(ett in egna for ett in beslut)

    def _beslut_pa(self, bu: Notis) -> set[str]:
        """The decisions that name an underlag, and those of the same day that name none."""
        namn = bu.get("beslutsunderlag_id")
        gynnande = [ett for ett in self._lage.beslut.values() if ett.gynnande]
        namner = [ett for ett in gynnande if ett.notis.get("beslutsunderlag_id") == namn]
        dagar = {ett.beslutsdatum for ett in namner}
        samma_dag = (
            ett
            for ett in gynnande
            if ett.notis.get("beslutsunderlag_id") is None and ett.beslutsdatum in dagar
        )
        return {ett.beslut_id for ett in (*namner, *samma_dag)}

    def _vardplaner(self, dag: date) -> list[Notis]:
        return [plan for plan in self._lage.av(VARDPLAN) if plan.dag <= dag]

    def _med_samma(self, uppdraget: Uppdraget, underlag: Notis) -> list[Uppdraget]:
        """Other insatser's uppdrag out of the same beslutsunderlag: they may share its mål (D)."""
        return [
            ett
            for ett in self.uppdragen.alla.values()
            if ett.insats_id != uppdraget.insats_id and underlag in self._underlag_till(ett)
        ]

    def _delade(self, uppdraget: Uppdraget, underlag: Notis) -> set[str]:
        """The mål that other insatser's uppdrag hold."""
        ovriga = [en for ett in self._med_samma(uppdraget, underlag) for en in ett.notiser]
        egna = {mal.mal_id for en in ovriga for mal in malen(en)}
        return egna.union(*(_burna(en, underlag) for en in ovriga))

    def _svarar_for_helheten(self, uppdraget: Uppdraget, underlag: Notis) -> bool:
        """Whether a mål that no uppdrag holds shows by this one, and now.

        Where several insatser come of one beslutsunderlag, the first uppdrag shows it, once its
        insats has begun: until then another uppdrag may be on its way.
        """
        ovriga = self._med_samma(uppdraget, underlag)
        flera = ovriga or len(self._beslut_pa(underlag)) > 1
        if not flera and not self._lage.av(VARDPLAN):
            return True
        nar = (uppdraget.datum, uppdraget.notis.tid)
        forst = all(nar <= (ett.datum, ett.notis.tid) for ett in ovriga)
        return forst and bool(self._lage.om_insats(uppdraget.insats_id or "", *_I_GANG))

    def _reviderande(self, en: Notis) -> list[Notis]:
        """The plans of the same insats that held a revised uppdrag by then."""
        insats_id = self._lage.knuten_insats(en)
        planer = () if insats_id is None else self._lage.om_insats(insats_id, FASTSTALLD)
        return [plan for plan in planer if plan.dag <= en.dag and self._reviderar(plan)]

    def _reviderar(self, plan: Notis) -> bool:
        """Whether a plan holds the revised uppdrag that an uppföljning called for: so it is for
        kontaktperson and the like, whose uppdrag lies in the plan (A:29, A:121)."""
        insats_id = self._lage.knuten_insats(plan)
        insats = None if insats_id is None else self._lage.insatser.get(insats_id)
        if plan.typ != FASTSTALLD or insats is None or insats.insatstyp not in KONTAKTPERSON_MFL:
            return False
        return any(
            self._moten_fore(insats.insats_id, en.dag) <= plan.dag
            for en in self._lage.om_insats(insats.insats_id, UPPFOLJNING)
            if "reviderat_uppdrag" in (en.get("nasta_steg") or ())
        )

    def _moten_fore(self, insats_id: str, dag: date) -> date:
        """The day of the last uppföljningsmöte until then, that day where there was none."""
        moten = self._lage.om_insats(insats_id, "uppfoljningsmote.genomfort")
        return max((en.dag for en in moten if en.dag <= dag), default=dag)

    def _ar_hvb(self, en: Notis) -> bool:
        typer = {en.get("insatstyp"), *(ett.insatstyp for ett in self._versioner_for(en))}
        return "hvb" in typer

    def _hvb_planer(self, en: Notis) -> list[Notis]:
        """Earlier plans of the same uppdrag in which a HVB has formulated its own mål (B)."""
        if not self._ar_hvb(en):
            return []
        ids = self._ids(en)
        return [
            plan
            for plan in self._lage.av(ATERLAMNAD, INKOMMEN)
            if plan is not en and plan.dag <= en.dag and ids & self._ids(plan)
        ]

    def _ids(self, en: Notis) -> set[str]:
        return {ett.uppdrag_id for ett in self._versioner_for(en)}


def _bedomning(en: Notis, underlag: Sequence[Notis]) -> Iterator[Avvikelse]:
    if en.get("bedomning") is None or any(
        en.get("bedomning") == bu.get("bedomning") for bu in underlag
    ):
        return
    jamfor = (Plats(underlag[0].rad, "/bedomning"), Plats(en.rad, "/bedomning"))
    yield avvikelse(
        "bedomning.andrad",
        en.get("uppdrag_id"),
        en.rad,
        jamfor,
        dokument=_namn(en),
        kalla=_namn(underlag[0]),
        skillnad=en.get("bedomning"),
    )


def _andrade(
    en: Notis,
    kallor: Sequence[Notis],
    ocksa: Sequence[Notis] = (),
    *,
    far_lagga_till: bool = False,
) -> Iterator[Avvikelse]:
    """Mål of a document that stand otherwise, or not at all, in what they were carried over from.

    Args:
        ocksa: further documents that a mål may come from.
    """
    givna = [mal for kalla in (*kallor, *ocksa) for mal in malen(kalla)]
    for mal in malen(en) if kallor else ():
        forebilder = [ett for ett in givna if ett.mal_id == mal.mal_id]
        if any(ett.text == mal.text for ett in forebilder or givna):
            continue
        if not forebilder and far_lagga_till:
            continue
        kod = "mal.andrat" if forebilder else "mal.tillagt"
        forst = forebilder[0].plats if forebilder else None
        kalla = _namn_pa(forst, (*kallor, *ocksa)) if forst else _namn(kallor[0])
        yield avvikelse(
            kod,
            mal.mal_id,
            en.rad,
            (forst, mal.plats),
            dokument=_namn(en),
            kalla=kalla,
            skillnad=f"{_namn(en)}:{mal.text}",
        )


def _saknade(
    en: Notis,
    kallor: Sequence[Notis],
    ocksa: Sequence[Notis] = (),
    *,
    delade: Collection[str] = (),
) -> Iterator[Avvikelse]:
    """Mål that were left out; none where the document holds all those of any one source.

    Args:
        ocksa: further documents that it may be carried over from.
        delade: mål that stand elsewhere instead.
    """
    saknas = [
        [mal for mal in malen(kalla) if mal.mal_id not in {*delade, *_burna(en, kalla)}]
        for kalla in (*kallor, *ocksa)
    ]
    for mal in saknas[0] if kallor and all(saknas) else ():
        yield avvikelse(
            "mal.saknas",
            mal.mal_id,
            en.rad,
            (mal.plats, None),
            dokument=_namn(en),
            kalla=_namn(kallor[0]),
            skillnad=f"{_namn(en)}:{mal.text}",
        )


def _burna(en: Notis, kalla: Notis) -> set[str]:
    """The mål of a source that a document holds: under their own ids, else word for word under an
    id that the source does not know. One mål stands for one: a removal is not hidden by another."""
    egna, givna = ({mal.mal_id for mal in malen(ett)} for ett in (en, kalla))
    okanda = Counter(mal.text for mal in malen(en) if mal.mal_id not in givna)
    burna = egna & givna
    for mal in malen(kalla):
        if mal.mal_id not in burna and okanda[mal.text]:
            okanda[mal.text] -= 1
            burna.add(mal.mal_id)
    return burna


def _narmast(versioner: Sequence[Uppdraget], dag: date) -> Iterator[Uppdraget]:
    """Where none is in force: the last that began by then, else the first of all."""
    fore = [ett for ett in versioner if ett.datum <= dag]
    if versioner:
        yield fore[-1] if fore else versioner[0]


def malen(en: Notis) -> Iterator[Malet]:
    """The mål that a document holds."""
    for nummer, mal in enumerate(en.get("mal") or ()):
        if mal.get("mal_id") is not None and mal.get("text") is not None:
            yield Malet(mal["mal_id"], mal["text"], Plats(en.rad, f"/mal/{nummer}/text"))


def _namn(en: Notis) -> str:
    return _NAMN.get(en.typ, "uppdraget")


def _namn_pa(plats: Plats, kallor: Iterable[Notis]) -> str:
    return next(_namn(kalla) for kalla in kallor if kalla.rad == plats.rad)

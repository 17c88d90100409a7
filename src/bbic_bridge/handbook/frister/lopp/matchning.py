"""The matches that a family has consented to (step 2, A)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from bbic_bridge.handbook.kodlistor import KONTAKTPERSON_MFL
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.uppgifter import Insatstyp


@dataclass(frozen=True, slots=True)
class Matchning:
    """A match: ``samtyckt`` is the day of the last consent told. ``insatstyp`` is None where
    neither its remiss nor the case's other remisser and beslut leave only one."""

    matchning_id: str
    remiss_id: str | None
    insatstyp: Insatstyp | None
    forst_samtyckt: date
    samtyckt: date

    def kan_galla(self, insatstyp: Insatstyp | None) -> bool:
        """Whether it may be about an insats of this kind."""
        if self.insatstyp is None or insatstyp is None:
            return insatstyp is None or insatstyp in KONTAKTPERSON_MFL
        return self.insatstyp == insatstyp

    def ersatter(self, annan: "Matchning") -> bool:
        """Whether it is a later match out of the same remiss, or of the same kind."""
        if (self.samtyckt, self.matchning_id) <= (annan.samtyckt, annan.matchning_id):
            return False
        if self.remiss_id is not None and annan.remiss_id is not None:
            return self.remiss_id == annan.remiss_id
        return self.insatstyp is not None and self.insatstyp == annan.insatstyp


def matchningar(lage: Lage) -> tuple[Matchning, ...]:
    """The matches of a case that anybody has consented to, by their last consent."""
    dagar: defaultdict[str, list[date]] = defaultdict(list)
    for en in lage.av("matchning.samtyckt"):
        for samtycke in en.get("samtycken") or ():
            dagar[en.get("matchning_id")].append(date.fromisoformat(samtycke["datum"]))
    remiss_av = {
        en.get("matchning_id"): en.get("remiss_id")
        for en in lage.av("matchning.foreslagen")
        if en.get("remiss_id") is not None
    }
    typ_av = {en.get("remiss_id"): en.get("insatstyp") for en in lage.av("remiss.skickad")}
    annars = enda_typ(lage)
    alla = (
        Matchning(
            matchning_id=matchning_id,
            remiss_id=remiss_av.get(matchning_id),
            insatstyp=typ_av.get(remiss_av.get(matchning_id)) or annars,
            forst_samtyckt=min(samtyckt),
            samtyckt=max(samtyckt),
        )
        for matchning_id, samtyckt in dagar.items()
    )
    return tuple(sorted(alla, key=lambda ett: (ett.samtyckt, ett.matchning_id)))


def enda_typ(lage: Lage) -> Insatstyp | None:
    """The only kind of kontaktperson/-familj that the case's remisser and beslut speak of."""
    remitterade = {en.get("insatstyp") for en in lage.av("remiss.skickad")}
    beslutade = {ett.insatstyp for ett in lage.beslut.values()}
    typer = (remitterade | beslutade) & KONTAKTPERSON_MFL
    return next(iter(typer)) if len(typer) == 1 else None

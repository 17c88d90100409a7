"""Step 12: what an uppföljning and fortsatt bistånd call for, and nobody has done."""

from collections.abc import Iterator, Mapping
from datetime import date

from bbic_bridge.handbook.avvikelser.malkedja import UPPFOLJNING
from bbic_bridge.handbook.avvikelser.moten import SLUT, UPPFOLJNINGSMOTE
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, avvikelse
from bbic_bridge.handbook.kodlistor import KONTAKTPERSON_MFL, VARDNADSHAVARE, Roll
from bbic_bridge.handbook.lage import Beslut, Lage
from bbic_bridge.handbook.notiser import Notis, efter, forsta

_FAR_KOPIA: Mapping[str, frozenset[Roll]] = {
    "familjehemssekreteraren": frozenset({"familjehemssekreterare"}),
    "berörda parter": frozenset({"barn", *VARDNADSHAVARE}),
}


def fortsatt_bistand(lage: Lage) -> Iterator[Avvikelse]:
    """Copies and a new avtal, seen when the prolonged period is followed up or ends."""
    for beslut in lage.beslut.values():
        if beslut.notis.typ != "beslut.fortsatt_bistand":
            continue
        fran = beslut.fran or beslut.beslutsdatum
        om_insatsen = lage.om_insats(
            beslut.insats_id or "", UPPFOLJNINGSMOTE, UPPFOLJNING, "beslut.fortsatt_bistand", *SLUT
        )
        foljd = efter(om_insatsen, max(fran, beslut.beslutsdatum), utom=beslut.notis)
        if foljd is None or beslut.insatstyp not in KONTAKTPERSON_MFL:
            continue
        if utan_kopia := _utan_kopia(lage, beslut):
            saknas = " och ".join(utan_kopia)
            yield avvikelse("kopia.ej_lamnad", beslut.beslut_id, foljd.rad, saknas=saknas)
        if not any(_nytt(avtal, beslut, fran) for avtal in lage.av("avtal.upprattat")):
            yield avvikelse("avtal.ej_fornyat", beslut.beslut_id, foljd.rad)


def _utan_kopia(lage: Lage, beslut: Beslut) -> list[str]:
    """Who has no copy of a decision, by all that were handed out: one may hold only some."""
    kopior = (en for en in lage.av("kopia.lamnad") if en.get("beslut_id") == beslut.beslut_id)
    fatt = {mottagare.get("roll") for en in kopior for mottagare in en.get("mottagare") or ()}
    return [vem for vem, roller in _FAR_KOPIA.items() if fatt.isdisjoint(roller)]


def _nytt(avtal: Notis, beslut: Beslut, fran: date) -> bool:
    """Whether an avtal is of the prolonged period: it begins with it, or was drawn up since (D)."""
    borjar = avtal.datum("fran")
    return avtal.dag >= beslut.beslutsdatum or (borjar is not None and borjar >= fran)


def utredning_ej_inledd(lage: Lage) -> Iterator[Avvikelse]:
    """New needs at an uppföljning, or worry when the family declines, and the case goes on."""
    for en in lage.av(UPPFOLJNING):
        if "ny_utredning" in (en.get("nasta_steg") or ()):
            om_insatsen = lage.om_insats(
                en.get("insats_id"), UPPFOLJNINGSMOTE, UPPFOLJNING, "beslut.avslut", *SLUT
            )
            foljd = efter([ett for ett in om_insatsen if ett.dag > en.dag], en.dag)
            yield from _utan_utredning(lage, en, en.get("uppfoljning_id"), foljd)
    for en in lage.av("beslut.avslut"):
        if en.get("orsak") == "familjen_tackar_nej" and en.get("oro_for_barnet") is True:
            foljd = forsta(lage.om_insats(en.get("insats_id"), *SLUT))
            yield from _utan_utredning(lage, en, en.get("beslut_id"), foljd)


def _utan_utredning(lage: Lage, en: Notis, objekt: str, foljd: Notis | None) -> Iterator[Avvikelse]:
    """Opened in connection with the uppföljning (A:111): since the meeting that it followed."""
    insats_id = en.get("insats_id")
    moten = lage.om_insats(insats_id, UPPFOLJNINGSMOTE, UPPFOLJNING)
    sedan = max((ett.dag for ett in moten if ett.dag <= en.dag and ett is not en), default=en.dag)
    inledd = any(
        ett.dag >= sedan or ett.get("insats_id") == insats_id for ett in lage.av("utredning.inledd")
    )
    if foljd is not None and not inledd:
        yield avvikelse("utredning.ej_inledd", objekt, foljd.rad)

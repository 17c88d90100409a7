"""Uppdrag, documents and notes: rules and effects."""

from bbic_bridge.sandbox.operations.utfall import Utfall, barnet, beslutet, lank
from bbic_bridge.sandbox.records import Affarsfel, Anteckning, Dokument, Skrivning, Uppdrag
from bbic_bridge.sandbox.register import Register


def vidarebefordra_uppdrag(register: Register, s: Skrivning) -> Utfall:
    data = s.data
    beslutet(register, s)
    ersatter = data.get("ersatter")
    if ersatter:
        _uppdrag(register, s, ersatter, s.nr.get("ersatter")).status = "ersatt"
    uppdrag = Uppdrag(
        id=register.nytt_id(),
        eget_id=data["uppdrag_id"],
        arende=s.arende,
        person=barnet(register, s),
        andrad=register.clock(),
        enhetschef=data["enhetschef"],
        mal=tuple(data["mal"]),
    )
    register.uppdrag.lagg_till(uppdrag)
    return Utfall(uppdrag.id, lank("uppdrag", uppdrag.eget_id, uppdrag.id))


def aterkalla_uppdrag(register: Register, s: Skrivning) -> Utfall:
    data = s.data
    uppdrag = _uppdrag(register, s, data["uppdrag_id"], s.nr.get("uppdrag"))
    if not uppdrag.oppet:
        raise Affarsfel("REDAN_AVSLUTAD", "Uppdraget är redan avslutat.")
    uppdrag.status = "aterkallat"
    told = {
        "uppdrag_id": uppdrag.eget_id or uppdrag.id,
        "datum": data["datum"],
        "orsak": data["orsak"],
    }
    register.logga("uppdrag_aterkallat", uppdrag.id, told, post=uppdrag, referens=s.referens)
    return Utfall(uppdrag.id, lank("uppdrag", data["uppdrag_id"], uppdrag.id))


def _uppdrag(register: Register, s: Skrivning, eget_id: str, nr: str | None) -> Uppdrag:
    uppdrag = register.uppdrag.senaste(s.arende, eget_id, nr)
    if uppdrag is None:
        raise Affarsfel("UPPDRAG_SAKNAS", "Uppdraget finns inte i ärendet.")
    return uppdrag


def registrera_dokument(register: Register, s: Skrivning) -> Utfall:
    data = s.data
    ersatter = data.get("ersatter")
    nr = s.nr.get("ersatter")
    if ersatter and register.dokument.senaste(s.arende, ersatter, nr) is None:
        raise Affarsfel("EJ_TILLATET", "Dokumentet som ersätts finns inte i ärendet.")
    insats_id = data.get("insats_id")
    insats = insats_id and register.insatser.senaste(s.arende, insats_id, s.nr.get("insats"))
    dokument = Dokument(
        id=register.nytt_id(),
        eget_id=data["dokument_id"],
        arende=s.arende,
        person=barnet(register, s),
        andrad=register.clock(),
        dokumenttyp=data["dokumenttyp"],
        titel=data["titel"],
        datum=data["datum"],
        insats=insats.id if insats else None,
    )
    register.dokument.lagg_till(dokument)
    return Utfall(dokument.id, lank("dokument", dokument.eget_id, dokument.id))


def skapa_aktanteckning(register: Register, s: Skrivning) -> Utfall:
    return _ny_anteckning(register, s, rattar=None)


def ratta_aktanteckning(register: Register, s: Skrivning) -> Utfall:
    ersatter = s.data["ersatter"]
    rattad = register.anteckningar.senaste(s.arende, ersatter, s.nr.get("ersatter"))
    if rattad is None:
        raise Affarsfel("ANTECKNING_SAKNAS", "Anteckningen som rättas finns inte i ärendet.")
    return _ny_anteckning(register, s, rattar=rattad.id)


def _ny_anteckning(register: Register, s: Skrivning, *, rattar: str | None) -> Utfall:
    data = s.data
    anteckning = Anteckning(
        id=register.nytt_id(),
        eget_id=data.get("anteckning_id"),
        arende=s.arende,
        person=barnet(register, s),
        andrad=register.clock(),
        rubrik=data["rubrik"],
        text=data["text"],
        forfattare=data["forfattare"],
        handelsetid=data["handelsetid"],
        rattar=rattar,
    )
    register.anteckningar.lagg_till(anteckning)
    told = {
        "anteckning_id": anteckning.eget_id or anteckning.id,
        "handelsetid": anteckning.handelsetid,
        "rubrik": anteckning.rubrik,
        "text": anteckning.text,
        "forfattare": anteckning.forfattare,
    }
    register.logga(
        "aktanteckning_skapad", anteckning.id, told, post=anteckning, referens=s.referens
    )
    return Utfall(anteckning.id, lank("anteckning", anteckning.eget_id, anteckning.id))

"""Beslut, verkställighet, resources and the end of an insats: rules and effects."""

from bbic_bridge.sandbox.operations.utfall import Utfall, barnet, beslutet, lank
from bbic_bridge.sandbox.records import (
    Affarsfel,
    Beslut,
    Insats,
    Resurs,
    Skrivning,
    Tilldelning,
    Verkstallighet,
)
from bbic_bridge.sandbox.register import Register


def registrera_beslut(register: Register, s: Skrivning) -> Utfall:
    data = s.data
    ersatter = data.get("ersatter")
    nr = s.nr.get("ersatter")
    if ersatter and register.beslut.senaste(s.arende, ersatter, nr) is None:
        raise Affarsfel("BESLUT_SAKNAS", "Beslutet som det nya följer på finns inte i ärendet.")
    beslut = Beslut(
        id=register.nytt_id(),
        eget_id=data.get("beslut_id"),
        arende=s.arende,
        person=barnet(register, s),
        andrad=register.clock(),
        beslutstyp=data["beslutstyp"],
        insatstyp=data["insatstyp"],
        beslutsdatum=data["beslutsdatum"],
        fran=data["fran"],
        till=data.get("till"),
        beslutsfattare=data["beslutsfattare"],
        motivering=data.get("motivering"),
        orsak=data.get("orsak"),
    )
    register.beslut.lagg_till(beslut)
    berattas = ("beslut_id", "beslutstyp", "insatstyp", "beslutsdatum", "fran", "till")
    told = {key: data.get(key) for key in berattas}
    register.logga("beslut_registrerat", beslut.id, told, post=beslut, referens=s.referens)
    return Utfall(beslut.id, lank("beslut", beslut.eget_id, beslut.id))


def verkstall_beslut(register: Register, s: Skrivning) -> Utfall:
    beslut = beslutet(register, s)
    if beslut.beslutstyp == "avslag":
        raise Affarsfel("EJ_TILLATET", "Ett avslag kan inte verkställas.")
    data = s.data
    verkstallighet = Verkstallighet(
        id=register.nytt_id(),
        eget_id=beslut.eget_id,
        arende=s.arende,
        person=barnet(register, s),
        andrad=register.clock(),
        beslut=beslut.id,
        insatstyp=data["insatstyp"],
        fran=data["fran"],
        handlaggare=data["handlaggare"],
    )
    register.verkstalligheter.lagg_till(verkstallighet)
    insats = _oppna_insats(register, s, beslut, verkstallighet)
    beslut.insats = insats.id
    beslut.andrad = register.clock()
    told = {
        "beslut_id": beslut.eget_id,
        "beslut_nr": beslut.id,
        "insats_id": insats.eget_id,
        "insats_nr": insats.id,
        "fran": data["fran"],
    }
    register.logga(
        "beslut_verkstallt", verkstallighet.id, told, post=verkstallighet, referens=s.referens
    )
    lankar = lank("verkstallighet", beslut.eget_id, verkstallighet.id)
    return Utfall(verkstallighet.id, lankar + lank("insats", insats.eget_id, insats.id))


def _oppna_insats(
    register: Register, s: Skrivning, beslut: Beslut, verkstallighet: Verkstallighet
) -> Insats:
    """The insats of an execution: a new one, or the open one that goes on under a new decision."""
    insats_id = s.data.get("insats_id")
    pagaende = register.insatser.senaste(s.arende, insats_id) if insats_id else None
    if pagaende and pagaende.slut is None and pagaende.beslut != beslut.id:
        pagaende.beslut, pagaende.verkstallighet = beslut.id, verkstallighet.id
        pagaende.andrad = register.clock()
        return pagaende
    return register.insatser.lagg_till(
        Insats(
            id=register.nytt_id(),
            eget_id=insats_id,
            arende=s.arende,
            person=verkstallighet.person,
            andrad=register.clock(),
            beslut=beslut.id,
            verkstallighet=verkstallighet.id,
            insatstyp=verkstallighet.insatstyp,
            fran=verkstallighet.fran,
            handlaggare=verkstallighet.handlaggare,
        )
    )


def registrera_resurs(register: Register, resurs_id: str, resurstyp: str, arende: str = "") -> str:
    """Makes a resource assignable in this kommun, noting the ärende it was looked for in.

    Told again, it is changed and told again.
    """
    register.resurser[resurs_id] = Resurs(resurs_id, resurstyp)
    told = {"resurs_id": resurs_id, "resurstyp": resurstyp}
    register.logga("resurs_registrerad", resurs_id, told, arende=arende)
    return resurs_id


def tilldela_resurs(register: Register, s: Skrivning) -> Utfall:
    data = s.data
    beslutet(register, s)
    insats = _insatser(register, s)[-1]
    if insats.slut is not None:
        raise Affarsfel("REDAN_AVSLUTAD", "Insatsen är avslutad.")
    resurs = register.resurser.get(data["resurs_id"])
    if resurs is None:
        raise Affarsfel("RESURS_EJ_REGISTRERAD", "Resursen är inte registrerad.")
    tilldelning = Tilldelning(
        id=register.nytt_id(),
        eget_id=f"{insats.eget_id}/{resurs.resurs_id}" if insats.eget_id else None,
        arende=s.arende,
        person=barnet(register, s),
        andrad=register.clock(),
        insats=insats.id,
        resurs_id=resurs.resurs_id,
        resurstyp=resurs.resurstyp,
        fran=data["fran"],
        omfattning=data["omfattning"],
    )
    register.tilldelningar.lagg_till(tilldelning)
    told = {
        "insats_id": insats.eget_id,
        "insats_nr": insats.id,
        "resurs_id": resurs.resurs_id,
        "fran": data["fran"],
        "till": data.get("till"),
    }
    register.logga("resurs_tilldelad", tilldelning.id, told, post=tilldelning, referens=s.referens)
    lankar = lank("resurstilldelning", tilldelning.eget_id, tilldelning.id)
    return Utfall(tilldelning.id, lankar)


def avsluta_resurs(register: Register, s: Skrivning) -> Utfall:
    """Ends the open allocations. None open is fine: the answer then names the insats only."""
    beslutet(register, s)
    insatser = _insatser(register, s)
    resurs_id, nr = s.data.get("resurs_id"), s.nr.get("resurstilldelning")
    avslutade = [
        tilldelning
        for tilldelning in _oppna_tilldelningar(register, insatser)
        if resurs_id in (None, tilldelning.resurs_id) and nr in (None, tilldelning.id)
    ]
    for tilldelning in avslutade:
        tilldelning.slut = s.data["slutdatum"]
        tilldelning.andrad = register.clock()
    objekt = avslutade[-1].id if avslutade else insatser[-1].id
    lankar = [lank("resurstilldelning", t.eget_id, t.id)[0] for t in avslutade if t.eget_id]
    return Utfall(objekt, tuple(lankar))


def avsluta_insats(register: Register, s: Skrivning) -> Utfall:
    beslutet(register, s)
    insatser = _insatser(register, s)
    oppna = [insats for insats in insatser if insats.slut is None]
    if not oppna:
        raise Affarsfel("REDAN_AVSLUTAD", "Insatsen är redan avslutad.")
    if _oppna_tilldelningar(register, oppna):
        raise Affarsfel("OPPEN_RESURS", "Insatsen har en resurs som inte är avslutad.")
    for insats in oppna:
        _stang(register, insats, s)
    insats = oppna[-1]
    told = {
        "insats_id": insats.eget_id,
        "slutdatum": s.data["slutdatum"],
        "orsak": s.data.get("orsak"),
    }
    register.logga("insats_avslutad", insats.id, told, post=insats, referens=s.referens)
    return Utfall(insats.id, lank("insats", insats.eget_id, insats.id))


def _insatser(register: Register, s: Skrivning) -> list[Insats]:
    insatser = register.insatser.alla(s.arende, s.data["insats_id"], s.nr.get("insats"))
    if not insatser:
        raise Affarsfel("INSATS_SAKNAS", "Insatsen finns inte i ärendet.")
    return insatser


def _oppna_tilldelningar(register: Register, insatser: list[Insats]) -> list[Tilldelning]:
    ids = {insats.id for insats in insatser}
    tilldelningar = register.tilldelningar.i_arende(insatser[0].arende)
    return [t for t in tilldelningar if t.insats in ids and t.slut is None]


def _stang(register: Register, insats: Insats, s: Skrivning) -> None:
    slut = s.data["slutdatum"]
    insats.slut = slut
    insats.andrad = register.clock()
    for verkstallighet in register.verkstalligheter.i_arende(insats.arende):
        if verkstallighet.id == insats.verkstallighet:
            verkstallighet.till = slut
            verkstallighet.andrad = register.clock()

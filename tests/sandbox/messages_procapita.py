"""Procapita's messages as a test writes them: by hand, from the published schema."""

from typing import Any

NS = "urn:bbic-bridge:procapita:1"
ELEMENTS = {
    "registrera_beslut": "RegistreraBeslut",
    "verkstall_beslut": "VerkstallBeslut",
    "tilldela_resurs": "TilldelaResurs",
    "vidarebefordra_uppdrag": "VidarebefordraUppdrag",
    "aterkalla_uppdrag": "AterkallaUppdrag",
    "registrera_dokument": "RegistreraDokument",
    "skapa_aktanteckning": "SkapaAktanteckning",
    "ratta_aktanteckning": "RattaAktanteckning",
    "avsluta_resurs": "AvslutaResurs",
    "avsluta_insats": "AvslutaInsats",
}


def message(operation: str, f: dict[str, Any]) -> str:
    """The element in the SOAP body."""
    name = ELEMENTS[operation]
    head = (
        f"<Referens>{f['referens']}</Referens><Arende>{f['arende']}</Arende>"
        f"<Barn><Personnummer>{f['personnummer']}</Personnummer><Namn>Kim Exempel</Namn>"
        f"<Skydd>{f['skydd_kod']}</Skydd></Barn>"
    )
    return f'<{name} xmlns="{NS}">{head}{BODIES[operation](f)}</{name}>'


def envelope(element: str) -> str:
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<soap:Body>{element}</soap:Body></soap:Envelope>"
    )


def _ref(tag: str, kind: str, f: dict[str, Any], nr: str) -> str:
    eget_id = f["ersatter"] if tag == "Ersatter" else f[f"{kind.lower()}_id"]
    number = f"<{kind}Nr>{f[nr]}</{kind}Nr>" if nr in f else ""
    return f"<{tag}><{kind}Id>{eget_id}</{kind}Id>{number}</{tag}>"


def _beslut(f: dict[str, Any]) -> str:
    return _ref("Beslut", "Beslut", f, "beslut_nr")


def _insats(f: dict[str, Any]) -> str:
    return _ref("Insats", "Insats", f, "insats_nr")


def _ersatter(kind: str, f: dict[str, Any]) -> str:
    return _ref("Ersatter", kind, f, "ersatter_nr") if "ersatter" in f else ""


def _optional(tag: str, f: dict[str, Any], key: str) -> str:
    return f"<{tag}>{f[key]}</{tag}>" if key in f else ""


def _registrera_beslut(f: dict[str, Any]) -> str:
    return (
        f"<Beslut><BeslutId>{f['beslut_id']}</BeslutId><Typ>{f.get('beslutstyp_kod', 'BIF')}</Typ>"
        "<InsatsTyp>KF</InsatsTyp><Datum>2026-01-12</Datum><From>2026-02-01</From>"
        "<Tom>2026-07-31</Tom><Beslutsfattare>Sam Ek</Beslutsfattare>"
        f"{_optional('Orsak', f, 'orsak_kod')}</Beslut>{_ersatter('Beslut', f)}"
    )


def _verkstall_beslut(f: dict[str, Any]) -> str:
    return (
        f"{_beslut(f)}<Insats><InsatsId>{f['insats_id']}</InsatsId><InsatsTyp>KF</InsatsTyp>"
        "<From>2026-02-01</From><Handlaggare>Robin Dal</Handlaggare></Insats>"
    )


def _tilldela_resurs(f: dict[str, Any]) -> str:
    return (
        f"{_beslut(f)}{_insats(f)}<Resurs><ResursId>{f['resurs_id']}</ResursId>"
        "<From>2026-02-01</From><Omfattning>50</Omfattning></Resurs>"
    )


def _vidarebefordra_uppdrag(f: dict[str, Any]) -> str:
    return (
        f"{_beslut(f)}<Insats><InsatsId>{f['insats_id']}</InsatsId><InsatsTyp>OV</InsatsTyp>"
        f"</Insats><Uppdrag><UppdragId>{f['uppdrag_id']}</UppdragId><Datum>2026-02-02</Datum>"
        "<Mottagare><EnhetId>chansen</EnhetId><Enhetschef>Alex Berg</Enhetschef></Mottagare>"
        "<CentraltBehov>Lugn och ro.</CentraltBehov><Mottaglighet>Familjen vill.</Mottaglighet>"
        "<Bedomning>Kim behöver stöd.</Bedomning>"
        "<Mal><MalId>M-7</MalId><Text>Kim går till skolan.</Text></Mal>"
        "<Genomforande>Samtal.</Genomforande><FormerForUppfoljning>Möte.</FormerForUppfoljning>"
        "<AterforingVidAvslut>Skriftligt.</AterforingVidAvslut><BehovAvSip>false</BehovAvSip>"
        f"</Uppdrag>{_ersatter('Uppdrag', f)}"
    )


def _aterkalla_uppdrag(f: dict[str, Any]) -> str:
    uppdrag = _ref("Uppdrag", "Uppdrag", f, "uppdrag_nr")
    return f"{uppdrag}<Datum>2026-03-01</Datum><Orsak>Familjen har flyttat.</Orsak>"


def _registrera_dokument(f: dict[str, Any]) -> str:
    return (
        f"{_insats(f) if 'insats_nr' in f else ''}<Dokument>"
        f"<DokumentId>{f['dokument_id']}</DokumentId><Typ>UF</Typ><Titel>Uppföljning</Titel>"
        "<Datum>2026-06-01</Datum><Forfattare>Robin Dal</Forfattare>"
        "<Avsnitt><Rubrik>Resultat</Rubrik><Text>Det går bra.</Text></Avsnitt></Dokument>"
        f"{_ersatter('Dokument', f)}"
    )


def _anteckning(f: dict[str, Any], last: str) -> str:
    return (
        f"<Anteckning><AnteckningId>{f['anteckning_id']}</AnteckningId>"
        "<Handelsetid>2026-03-02T23:30:00Z</Handelsetid><Rubrik>Uppstartsmöte</Rubrik>"
        f"<Text>Alla kom.</Text><Forfattare>Robin Dal</Forfattare>{last}</Anteckning>"
    )


def _skapa_aktanteckning(f: dict[str, Any]) -> str:
    return _anteckning(f, "<Deltagare>Kim Exempel</Deltagare>")


def _ratta_aktanteckning(f: dict[str, Any]) -> str:
    return _ersatter("Anteckning", f) + _anteckning(f, "<Orsak>Fel dag.</Orsak>")


def _avsluta_resurs(f: dict[str, Any]) -> str:
    resurs = f"<Resurs><ResursId>{f['resurs_id']}</ResursId></Resurs>"
    return f"{_beslut(f)}{_insats(f)}{resurs}<Slutdatum>2026-07-31</Slutdatum><Orsak>MAL</Orsak>"


def _avsluta_insats(f: dict[str, Any]) -> str:
    return f"{_beslut(f)}{_insats(f)}<Slutdatum>2026-07-31</Slutdatum><Orsak>MAL</Orsak>"


BODIES = {
    "registrera_beslut": _registrera_beslut,
    "verkstall_beslut": _verkstall_beslut,
    "tilldela_resurs": _tilldela_resurs,
    "vidarebefordra_uppdrag": _vidarebefordra_uppdrag,
    "aterkalla_uppdrag": _aterkalla_uppdrag,
    "registrera_dokument": _registrera_dokument,
    "skapa_aktanteckning": _skapa_aktanteckning,
    "ratta_aktanteckning": _ratta_aktanteckning,
    "avsluta_resurs": _avsluta_resurs,
    "avsluta_insats": _avsluta_insats,
}

"""Treserva's messages as a test writes them: by hand, from the published schema."""

from typing import Any

NS = "urn:bbic-bridge:treserva:1"


def message(operation: str, f: dict[str, Any]) -> str:
    """The whole document."""
    name, attributes, content = BODIES[operation](f)
    number = f["personnummer"]
    person = (
        f'<Person pnr="{number[:8]}-{number[8:]}" namn="Kim Exempel" skydd="{f["skydd_kod"]}"/>'
    )
    head = f'referens="{f["referens"]}" arende="{f["arende"]}" {attributes}'
    return f'<{name} xmlns="{NS}" {head}>{person}{content}</{name}>'


Body = tuple[str, str, str]


def _attributes(f: dict[str, Any], *pairs: tuple[str, str]) -> str:
    return " ".join(f'{name}="{f[key]}"' for name, key in pairs if key in f)


def _beslut(f: dict[str, Any]) -> str:
    return _attributes(f, ("beslutEgetId", "beslut_id"), ("beslutId", "beslut_nr"))


def _insats(f: dict[str, Any]) -> str:
    return _attributes(f, ("insatsEgetId", "insats_id"), ("insatsId", "insats_nr"))


def _ersatter(f: dict[str, Any]) -> str:
    return _attributes(f, ("ersatterEgetId", "ersatter"), ("ersatterId", "ersatter_nr"))


def _registrera_beslut(f: dict[str, Any]) -> Body:
    attributes = (
        f'egetId="{f["beslut_id"]}" beslutskod="{f.get("beslutstyp_kod", "beviljad")}" '
        'insatskod="420" beslutsdatum="2026-01-12" start="2026-02-01" slut="2026-07-31" '
        f'beslutsfattare="Sam Ek" {_attributes(f, ("orsakskod", "orsak_kod"))} {_ersatter(f)}'
    )
    return "Beslut", attributes, ""


def _verkstall_beslut(f: dict[str, Any]) -> Body:
    attributes = (
        f'{_beslut(f)} insatsEgetId="{f["insats_id"]}" insatskod="420" start="2026-02-01" '
        'handlaggare="Robin Dal"'
    )
    return "Verkstallighet", attributes, ""


def _tilldela_resurs(f: dict[str, Any]) -> Body:
    attributes = (
        f'{_beslut(f)} {_insats(f)} resursId="{f["resurs_id"]}" start="2026-02-01" procent="50"'
    )
    return "Tilldelning", attributes, ""


def _vidarebefordra_uppdrag(f: dict[str, Any]) -> Body:
    attributes = (
        f'egetId="{f["uppdrag_id"]}" datum="2026-02-02" insatskod="500" sip="N" '
        f"{_beslut(f)} {_insats(f)} {_ersatter(f)}"
    )
    content = (
        '<Enhet enhetsId="chansen" chef="Alex Berg"/><Behovspunkter><Behovspunkt>Lugn och ro.'
        "</Behovspunkt></Behovspunkter><Mottaglighet>Familjen vill.</Mottaglighet>"
        "<Bedomning>Kim behöver stöd.</Bedomning>"
        '<Malpunkter><Malpunkt egetId="M-7"><Lydelse>Kim går till skolan.</Lydelse></Malpunkt>'
        "</Malpunkter><Genomforande>Samtal.</Genomforande><Uppfoljning>Möte.</Uppfoljning><Aterforing>Skriftligt.</Aterforing>"
    )
    return "Uppdrag", attributes, content


def _aterkalla_uppdrag(f: dict[str, Any]) -> Body:
    which = _attributes(f, ("uppdragEgetId", "uppdrag_id"), ("uppdragId", "uppdrag_nr"))
    return "UppdragAtertag", f'{which} datum="2026-03-01"', "<Skal>Familjen har flyttat.</Skal>"


def _registrera_dokument(f: dict[str, Any]) -> Body:
    attributes = (
        f'egetId="{f["dokument_id"]}" dokumentkod="dok-uppfoljning" titel="Uppföljning" '
        f'datum="2026-06-01" upprattadAv="Robin Dal" {_ersatter(f)}'
    )
    return "Journaldokument", attributes, '<Stycke rubrik="Resultat">Det går bra.</Stycke>'


NOTE = 'handelsetid="2026-03-03T00:30:00" rubrik="Uppstartsmöte" upprattadAv="Robin Dal"'


def _skapa_aktanteckning(f: dict[str, Any]) -> Body:
    content = '<Notering>Alla kom.</Notering><Narvarande namn="Kim Exempel"/>'
    return "Anteckning", f'egetId="{f["anteckning_id"]}" {NOTE}', content


def _ratta_aktanteckning(f: dict[str, Any]) -> Body:
    which = _attributes(f, ("rattarEgetId", "ersatter"), ("rattarId", "ersatter_nr"))
    attributes = f'egetId="{f["anteckning_id"]}" {which} {NOTE} rattelseorsak="Fel dag."'
    return "AnteckningRattelse", attributes, "<Notering>Alla kom.</Notering>"


def _avsluta_resurs(f: dict[str, Any]) -> Body:
    attributes = f'{_beslut(f)} {_insats(f)} resursId="{f["resurs_id"]}"'
    return "TilldelningAvslut", f'{attributes} slut="2026-07-31" orsakskod="1"', ""


def _avsluta_insats(f: dict[str, Any]) -> Body:
    return "InsatsAvslut", f'{_beslut(f)} {_insats(f)} slut="2026-07-31" orsakskod="1"', ""


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

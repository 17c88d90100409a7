"""Every rule about a document's content: a case that breaks it and one that keeps it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, Ogiltig, parse_event, schema
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER, KONTAKTPERSON_MFL, PLACERING, Vikt
from bbic_bridge.handbook.krav import KRAV, VAGRAR, VALBARA, VARNAR, Krav, brister, krav_for
from bbic_bridge.handbook.kuvert import Overtradelse
from bbic_bridge.handbook.punkter import delar, kalla_av
from bbic_bridge.handbook.regler import planera
from bbic_bridge.handbook.uppgifter import Avsnitt, RegistreraDokument
from tests.handbook.minsta import BARN as ALVA
from tests.handbook.minsta import (
    DELTAGARE,
    FORALDER,
    HVB_PLAN,
    MAL,
    PLACERINGENS_PLAN,
    TYPER,
    handelse,
)

VUXNA = DELTAGARE[1:]
BARN = DELTAGARE[:1]
GOD_MAN = {"namn": "Gun God", "roll": "god_man"}
SIV = {"namn": "Siv Sekreterare", "roll": "socialsekreterare"}
BERG = {"namn": "Familjen Berg", "roll": "kontaktfamilj"}
HEMMET = {"namn": "Familjen Sjö", "roll": "familjehem"}
ALLA = [*DELTAGARE, SIV, BERG]
BARNETS = {"roll": "barn", "namn": "Alva Test", "datum": "2026-02-02"}
GOD_MANS = {"roll": "god_man", "namn": "Gun God", "datum": "2026-02-02"}
RISK = {"nuvarande": "Låg.", "framtida": "Låg.", "bedomd_av": "Siv Sekreterare"}
MOTTAGARE = {"enhet_id": "chansen", "enhetschef": "Marie Fors"}
HVB: dict[str, Any] = {"insatstyp": "hvb", "rapportering": None, **HVB_PLAN}
FAMILJEHEM: dict[str, Any] = {"insatstyp": "familjehem", "rapportering": None, **PLACERINGENS_PLAN}
DELMAL = [{**MAL[0], "delmal": [{"delmal_id": "D1", "text": "Alva sover över."}], "prioritet": 1}]
OMRADE = [{**MAL[0], "omraden": ["sociala_relationer"]}]
KONTAKT = {"namn": "Eva Test", "skydd": "ingen"}
UPPDRAG = ("uppdrag.upprattat", "uppdrag.reviderat")
UTGANGSPUNKT: dict[str, Any] = {
    "centrala_behov": [],
    "mottaglighet": None,
    "genomforande": None,
}
INGA_FORALDRAR: dict[str, Any] = {"foraldrar": []}
INGA_KONTAKTER: dict[str, Any] = {"kontaktuppgifter": [], "kontaktuppgifter_saknas_for": None}
UNDERSKRIFT = {"namn": "Någon", "datum": "2026-03-19"}
INGET_MAL: dict[str, Any] = {"mal_kommande_period": []}
MOTT = {"mal": [{**MAL[0], "forandring": "positiv_malet_uppfyllt", "resultat": "Klart."}]}
AVSLUTAS: dict[str, Any] = {"nasta_steg": ["avslut"]}
AVSLUTET = {
    "beslut_id": "B3",
    "beslutstyp": "avslut",
    "beslutsdatum": "2026-07-22",
    "beslutsfattare": "Lo Ledamot",
}
TACKAR_NEJ = {"orsak": "familjen_tackar_nej"}
KALLA = re.compile(r"[AB]:(?P<rad>\d+)|L: \S.*|D")
RADER = {"A": 129, "B": 124}


@dataclass(frozen=True)
class Fall:
    """The event type, changes to its smallest document that break the rule, and that keep it."""

    typ: str
    bryter: dict[str, Any]
    haller: dict[str, Any]


def period(typ: str, fran: str) -> Fall:
    return Fall(typ, {"fran": fran, "till": "2026-02-01"}, {"fran": fran, "till": fran})


def ersatter(typ: str, falt: str) -> Fall:
    return Fall(typ, {falt: "X1", "ersatter": "X1"}, {falt: "X1", "ersatter": "X0"})


def utan(falt: str, grund: dict[str, Any], typ: str = "genomforandeplan.faststalld") -> Fall:
    return Fall(typ, {**grund, falt: None}, {**grund, falt: "Sagt."})


def deltar(typ: str, vem: dict[str, str], falt: str = "deltagare", **grund: Any) -> Fall:
    """The rule asks for someone: all but they are there, and only they are there."""
    andra = [en for en in ALLA if en["roll"] != vem["roll"]]
    return Fall(typ, {**grund, falt: andra}, {**grund, falt: [vem]})


FALL: dict[str, list[Fall]] = {
    "period.till": [
        period("beslut.fattat", "2026-03-01"),
        period("beslut.fortsatt_bistand", "2026-03-01"),
        period("beslut.verkstall", "2026-03-01"),
        period("resurs.tilldela", "2026-03-01"),
        period("avtal.upprattat", "2026-03-01"),
    ],
    "ersatter.ett_annat": [
        ersatter("beslutsunderlag.upprattat", "beslutsunderlag_id"),
        ersatter("vardplan.upprattad", "vardplan_id"),
        ersatter("avtal.upprattat", "avtal_id"),
        ersatter("beslut.fortsatt_bistand", "beslut_id"),
        ersatter("beslut.avslut", "beslut_id"),
        ersatter("uppdrag.reviderat", "uppdrag_id"),
        ersatter("genomforandeplan.faststalld", "plan_id"),
        ersatter("uppfoljning.dokumenterad", "uppfoljning_id"),
        ersatter("aktanteckning.rattad", "anteckning_id"),
    ],
    # 1. Beslutsunderlag, 12. Ny utredning
    "beslutsunderlag.barnets_delaktighet": [
        Fall("beslutsunderlag.upprattat", {}, {"barnets_delaktighet": "Läst."})
    ],
    "beslutsunderlag.foraldrarnas_delaktighet": [
        Fall("beslutsunderlag.upprattat", {}, {"foraldrarnas_delaktighet": "Läst."})
    ],
    "utredning.orsak": [
        Fall("utredning.inledd", {"insats_id": "I1"}, {}),
        Fall("utredning.inledd", {"insats_id": "I1"}, {"insats_id": "I1", "orsak": "Nya behov."}),
    ],
    # 2. Matchning
    "matchningsmote.barn": [deltar("matchningsmote.genomfort", BARN[0])],
    "matchningsmote.vardnadshavare": [
        deltar("matchningsmote.genomfort", VUXNA[0]),
        Fall("matchningsmote.genomfort", {"deltagare": BARN}, {"deltagare": [GOD_MAN]}),
    ],
    "matchningsmote.uppdragstagare": [deltar("matchningsmote.genomfort", BERG)],
    "matchningsmote.socialsekreterare": [deltar("matchningsmote.genomfort", SIV)],
    "samtycke.barn": [
        Fall("matchning.samtyckt", {}, {"samtycken": [BARNETS, GOD_MANS]}),
        Fall("matchning.samtyckt", {}, {"barnets_samtycke_saknas_for": "Alva är två år."}),
    ],
    "samtycke.vardnadshavare": [
        Fall("matchning.samtyckt", {"samtycken": [BARNETS]}, haller)
        for haller in (
            {"samtycken": [{**BARNETS, "roll": "vardnadshavare"}]},
            {"samtycken": [GOD_MANS]},
            {
                "samtycken": [BARNETS],
                "vardnadshavares_samtycke_saknas_for": "Alva är 15 år och ansöker själv.",
            },
        )
    ],
    # 4. Beslut, 8. Verkställighet
    "beslut.fran": [
        Fall("beslut.fattat", {"fran": None}, {}),
        Fall("beslut.fattat", {"fran": None}, {"fran": None, "beslutstyp": "avslag"}),
    ],
    "beslut.till": [
        Fall("beslut.fattat", {}, {"till": "2026-08-31"}),
        Fall("beslut.fattat", {}, {"beslutstyp": "avslag"}),
        Fall("beslut.fattat", {}, {"insatstyp": "hvb"}),
        Fall("beslut.fortsatt_bistand", {}, {"till": "2027-02-28"}),
    ],
    "beslut.underlag": [
        Fall("beslut.fattat", {}, {"beslutsunderlag_id": "BU1"}),
        Fall("beslut.fattat", {}, {"underlagsanteckning_id": "AN1"}),
    ],
    "verkstallighet.skal": [
        Fall("beslut.verkstall", {"delvis": True}, {}),
        Fall("beslut.verkstall", {"delvis": True}, {"delvis": True, "skal": "En plats saknas."}),
    ],
    # 5. Uppdrag
    "uppdrag.mottagare": [
        Fall(typ, {"insatstyp": slag}, {"insatstyp": slag, "mottagare": MOTTAGARE})
        for typ in ("uppdrag.upprattat", "uppdrag.reviderat")
        for slag in ("oppenvard", "hvb", "familjehem")
    ],
    **{
        f"uppdrag.{falt}": [
            Fall(typ, {**slag, falt: tomt}, slag)
            for typ in UPPDRAG
            for slag in (
                {"insatstyp": ett, "mottagare": MOTTAGARE} for ett in sorted(ALLA_INSATSTYPER)
            )
        ]
        for falt, tomt in UTGANGSPUNKT.items()
    },
    "uppdrag.foraldrar_saknas": [
        Fall(typ, INGA_FORALDRAR, haller)
        for typ in UPPDRAG
        for haller in ({}, {**INGA_FORALDRAR, "foraldrar_saknas_for": "Båda är döda."})
    ],
    "uppdrag.kontaktuppgifter_saknas": [
        *(
            Fall(typ, INGA_KONTAKTER, haller)
            for typ in UPPDRAG
            for haller in (
                {},
                {**INGA_KONTAKTER, "kontaktuppgifter": [{**KONTAKT, "telefon": "000-00"}]},
                {**INGA_KONTAKTER, "barn": {**ALVA, "skydd": "sekretessmarkering"}},
                {**INGA_KONTAKTER, "foraldrar": [{**FORALDER, "skydd": "skyddad_folkbokforing"}]},
            )
        ),
        Fall("uppdrag.upprattat", {**INGA_KONTAKTER, "barn": {**ALVA, "skydd": "okand"}}, {}),
    ],
    "uppdrag.omraden": [Fall("uppdrag.reviderat", {}, {"mal": OMRADE})],
    "uppdrag.kontaktuppgifter": [
        Fall("uppdrag.upprattat", {"kontaktuppgifter": [KONTAKT]}, kontakt)
        for kontakt in (
            {"kontaktuppgifter": [{**KONTAKT, "telefon": "000-00"}]},
            {"kontaktuppgifter": [{**KONTAKT, "adress": "Gatan 1"}]},
            {"kontaktuppgifter": [{**KONTAKT, "skydd": "okand"}]},
        )
    ],
    "planeringsmote.deltagare": [
        Fall("planeringsmote.genomfort", {}, {"deltagare": ALLA}),
        Fall("planeringsmote.genomfort", {"deltagare": [SIV, BERG]}, {"deltagare": ALLA}),
    ],
    # 6. Uppstart
    "kallelse.barn": [deltar("uppstartsmote.kallat", BARN[0], "kallade")],
    "kallelse.vardnadshavare": [
        deltar("uppstartsmote.kallat", VUXNA[0], "kallade"),
        Fall("uppstartsmote.kallat", {"kallade": BARN}, {"kallade": [GOD_MAN]}),
    ],
    "uppstartsmote.barn": [
        deltar("uppstartsmote.genomfort", BARN[0]),
        Fall(
            "uppstartsmote.genomfort",
            {"deltagare": VUXNA},
            {"deltagare": VUXNA, "barnet_deltog_inte_for": "Bedömt olämpligt."},
        ),
    ],
    "uppstartsmote.vardnadshavare": [
        deltar("uppstartsmote.genomfort", VUXNA[0]),
        Fall("uppstartsmote.genomfort", {"deltagare": BARN}, {"deltagare": [GOD_MAN]}),
    ],
    "uppstartsmote.uppdragstagare": [deltar("uppstartsmote.genomfort", BERG)],
    "uppstartsmote.socialsekreterare": [deltar("uppstartsmote.genomfort", SIV)],
    "uppstartsmote.uppfoljningsmote": [
        Fall("uppstartsmote.genomfort", {}, {"uppfoljningsmote_bokat": "2026-08-01T14:00:00+02:00"})
    ],
    # 7. Genomförandeplan
    "plan.rapportering": [
        Fall(
            "genomforandeplan.faststalld",
            {"insatstyp": slag, "rapportering": None},
            {"insatstyp": slag},
        )
        for slag in sorted(KONTAKTPERSON_MFL)
    ],
    "plan.delmal": [Fall("genomforandeplan.faststalld", {}, {"mal": DELMAL})],
    "plan.prioritet": [Fall("genomforandeplan.faststalld", {}, {"mal": DELMAL})],
    "plan.berorda": [
        Fall("genomforandeplan.faststalld", {}, {"deltagare": [SIV]}),
        Fall("genomforandeplan.aterlamnad", {**HVB}, {**HVB, "deltagare": [SIV]}),
    ],
    **{
        f"plan.{falt}": [
            utan(falt, HVB),
            utan(falt, FAMILJEHEM),
            utan(falt, HVB, "genomforandeplan.aterlamnad"),
        ]
        for falt in PLACERINGENS_PLAN
    },
    "plan.vardplan": [
        Fall("genomforandeplan.faststalld", HVB, {**HVB, "vardplan_id": "VP1"}),
        Fall("genomforandeplan.faststalld", FAMILJEHEM, {**FAMILJEHEM, "vardplan_id": "VP1"}),
    ],
    **{
        f"plan.hvb.{falt}": [utan(falt, HVB), utan(falt, HVB, "genomforandeplan.aterlamnad")]
        for falt in ("skolgang", "halso_och_sjukvard")
    },
    **{
        f"plan.familjehem.{falt}": [utan(falt, FAMILJEHEM)]
        for falt in ("skolgang", "halso_och_sjukvard")
    },
    "plan.familjehem.vardnadshavare": [
        deltar("genomforandeplan.faststalld", VUXNA[0], **FAMILJEHEM)
    ],
    "plan.familjehem.barn": [deltar("genomforandeplan.faststalld", BARN[0], **FAMILJEHEM)],
    "plan.familjehem.uppdragstagare": [
        Fall(
            "genomforandeplan.faststalld",
            {**FAMILJEHEM, "deltagare": DELTAGARE},
            {**FAMILJEHEM, "deltagare": [HEMMET]},
        )
    ],
    "underskrift.vardnadshavare": [
        Fall(
            "genomforandeplan.undertecknad",
            {"underskrifter": [{**UNDERSKRIFT, "roll": "socialsekreterare"}]},
            {"underskrifter": [{**UNDERSKRIFT, "roll": "vardnadshavare"}]},
        )
    ],
    "underskrift.socialsekreterare": [
        Fall(
            "genomforandeplan.undertecknad",
            {},
            {"underskrifter": [{**UNDERSKRIFT, "roll": "socialsekreterare"}]},
        )
    ],
    # 9. Rapport, 10. Barnsamtal
    "rapport.forandring": [
        Fall("rapport.inkommen", {}, {"behov_av_forandring": "Fler träffar."}),
        Fall("slutrapport.inkommen", {}, {"behov_av_forandring": "Nej."}),
    ],
    "barnsamtal.svar": [
        Fall("barnsamtal.erbjudet", {}, {"barnets_svar": "ja"}),
        Fall("barnsamtal.erbjudet", {}, {"halls_inte_for": "Alva är för liten."}),
    ],
    "barnsamtal.informerad": [
        Fall(
            "barnsamtal.genomfort",
            {"vardnadshavare_informerad": "2026-07-11"},
            {"vardnadshavare_informerad": "2026-07-10"},
        )
    ],
    "barnsamtal.samtycke": [
        Fall("barnsamtal.genomfort", {}, {"vardnadshavare_samtycker": True}),
        Fall("barnsamtal.genomfort", {}, {"vardnadshavare_samtycker": False}),
    ],
    "barnsamtal.barn": [deltar("barnsamtal.genomfort", BARN[0])],
    # 11. Uppföljning
    "uppfoljningsmote.barn": [
        deltar("uppfoljningsmote.genomfort", BARN[0]),
        Fall(
            "uppfoljningsmote.genomfort",
            {"deltagare": VUXNA},
            {"deltagare": VUXNA, "barnet_deltog_inte_for": "Ville inte."},
        ),
    ],
    "uppfoljningsmote.vardnadshavare": [deltar("uppfoljningsmote.genomfort", VUXNA[0])],
    "uppfoljningsmote.uppdragstagare": [deltar("uppfoljningsmote.genomfort", BERG)],
    "uppfoljningsmote.anpassning": [
        Fall("uppfoljningsmote.genomfort", {}, {"anpassning": "Kort möte, frågorna i förväg."}),
        Fall("uppfoljningsmote.genomfort", {}, {"deltagare": VUXNA}),
    ],
    "uppfoljning.uppdrag": [Fall("uppfoljning.dokumenterad", {}, {"uppdrag_id": "U1"})],
    "uppfoljning.kommande_period": [
        Fall("uppfoljning.dokumenterad", INGET_MAL, {"mal_kommande_period": MAL}),
        Fall("uppfoljning.dokumenterad", INGET_MAL, {**INGET_MAL, "nasta_steg": ["avslut"]}),
        Fall(
            "uppfoljning.dokumenterad",
            {**INGET_MAL, "nasta_steg": ["fortsatt_bistand", "reviderat_uppdrag"]},
            {
                **INGET_MAL,
                "mal": [{**MAL[0], "forandring": "positiv_malet_uppfyllt", "resultat": "Klart."}],
            },
        ),
    ],
    "uppfoljning.vardbehov": [
        Fall("uppfoljning.dokumenterad", {**MOTT, **AVSLUTAS}, haller)
        for haller in (
            {**MOTT, **AVSLUTAS, "vardbehov_tillgodosett": False},
            {**MOTT, "nasta_steg": ["fortsatt_bistand"]},
            AVSLUTAS,
        )
    ],
    "uppfoljning.riskbedomning": [
        Fall("uppfoljning.dokumenterad", {**MOTT, "vardbehov_tillgodosett": True}, haller)
        for haller in (
            {**MOTT, "vardbehov_tillgodosett": True, "riskbedomning": RISK},
            {**MOTT, "vardbehov_tillgodosett": False},
            {"vardbehov_tillgodosett": True},
        )
    ],
    "uppfoljning.avslutsorsak": [
        Fall("uppfoljning.dokumenterad", {"beslut": bryter}, {"beslut": haller})
        for bryter, haller in (
            (AVSLUTET, {**AVSLUTET, "orsak": "familjen_tackar_nej"}),
            (AVSLUTET, {**AVSLUTET, "beslutstyp": "fortsatt_bistand"}),
            (
                {**AVSLUTET, "orsak": "annan"},
                {**AVSLUTET, "orsak": "annan", "orsak_fritext": "Flyttar."},
            ),
        )
    ],
    # 13. Avslut
    "avslut.orsak_fritext": [
        Fall("beslut.avslut", {"orsak": "annan"}, {"orsak": "annan", "orsak_fritext": "Flyttar."}),
        Fall("beslut.avslut", {"orsak": "annan"}, {"orsak": "leder_inte_till_maluppfyllelse"}),
    ],
    "avslut.vardbehov": [
        Fall("beslut.avslut", {}, {"vardbehov_tillgodosett": False}),
        Fall("beslut.avslut", {}, TACKAR_NEJ),
    ],
    "avslut.riskbedomning": [
        Fall("beslut.avslut", {"vardbehov_tillgodosett": True}, haller)
        for haller in (
            {"vardbehov_tillgodosett": True, "riskbedomning": RISK},
            {"vardbehov_tillgodosett": False},
            {"vardbehov_tillgodosett": True, **TACKAR_NEJ},
        )
    ],
    "avslut.oro": [Fall("beslut.avslut", TACKAR_NEJ, {**TACKAR_NEJ, "oro_for_barnet": False})],
}
ALLA_FALL = [(kod, ett) for kod, fallen in FALL.items() for ett in fallen]
REGEL = {krav.kod: krav for krav in KRAV}


def vagrade(event: dict[str, Any], utan: frozenset[str] = frozenset()) -> tuple[Overtradelse, ...]:
    """What an event is refused for."""
    try:
        parse_event(event, utan)
    except Ogiltig as error:
        return error.violations
    return ()


def sagda(typ: str, andrat: dict[str, Any]) -> dict[str, Any]:
    """All that is told of a document, refusing it or warning, by the rule's code."""
    event = handelse(typ, **andrat)
    problem: dict[str, Any] = {one.kod: one for one in vagrade(event) if one.kod}
    if not problem:
        problem = {one.kod: one for one in planera(parse_event(event)).varningar}
    return problem


@pytest.mark.parametrize(("kod", "fall"), ALLA_FALL, ids=lambda value: getattr(value, "typ", value))
def test_a_rule_is_kept_and_broken(kod: str, fall: Fall) -> None:
    krav = REGEL[kod]
    broken, kept = (sagda(fall.typ, andrat) for andrat in (fall.bryter, fall.haller))
    assert kod not in kept
    if krav.vikt == "kan":
        assert kod not in broken
        seen = [
            {brist.kod for brist in brister(parse_event(handelse(fall.typ, **andrat)).data)}
            for andrat in (fall.bryter, fall.haller)
        ]
        assert [kod in one for one in seen] == [True, False]
        return
    told = broken[kod]
    assert told.pointer == f"/data/{krav.falt}"
    assert (told.message, told.kalla, told.vikt) == (krav.text, krav.kalla, krav.vikt)
    assert told.namn
    refused = [one.kod for one in vagrade(handelse(fall.typ, **fall.bryter))]
    assert refused == ([kod] if krav.vikt in VAGRAR else [])
    assert vagrade(handelse(fall.typ, **fall.haller)) == ()


def test_every_rule_has_a_case_that_keeps_it_and_one_that_breaks_it() -> None:
    assert set(FALL) == set(REGEL)
    assert len(REGEL) == len(KRAV)
    for kod, fallen in FALL.items():
        dokument = {HANDELSER[PREFIX + fall.typ] for fall in fallen}
        assert all(issubclass(ett, REGEL[kod].galler) for ett in dokument)
    for kod in ("period.till", "ersatter.ett_annat"):
        assert {HANDELSER[PREFIX + fall.typ] for fall in FALL[kod]} == set(REGEL[kod].galler)


@pytest.mark.parametrize("krav", KRAV, ids=lambda krav: krav.kod)
def test_a_rule_says_what_of_what_field_and_who_says_so(krav: Krav) -> None:
    assert krav.vikt in get_args(Vikt)
    assert re.search("[.]$", krav.text)
    assert krav.insatstyper
    for typ in HANDELSER.values():
        if issubclass(typ, krav.galler):
            assert krav.namn(typ)
            said = kallor(typ.model_fields[krav.falt]) | {"D"}
            assert set(krav.kalla.split(", ")) <= said
    lag = krav.kalla.startswith("L") and krav.vikt in VAGRAR
    assert lag == (krav.vikt == "lag")


# Every kind of insats: what its uppdrag and its plan are refused for, and warned of.
UPPDRAG_SKA = {
    *("uppdrag.centrala_behov", "uppdrag.mottaglighet", "uppdrag.genomforande"),
    *("uppdrag.foraldrar_saknas", "uppdrag.kontaktuppgifter_saknas"),
}
UPPDRAG_BOR = {"uppdrag.omraden"}
PLAN_LAG = {f"plan.{falt}" for falt in PLACERINGENS_PLAN}
SLAG: dict[str, tuple[set[str], set[str], set[str]]] = {
    "kontaktperson": (set(), {"plan.rapportering"}, {"plan.berorda"}),
    "kontaktfamilj": (set(), {"plan.rapportering"}, {"plan.berorda"}),
    "sarskilt_kvalificerad_kontaktperson": (set(), {"plan.rapportering"}, {"plan.berorda"}),
    "oppenvard": ({"uppdrag.mottagare"}, set(), {"plan.berorda"}),
    "hvb": (
        {"uppdrag.mottagare"},
        PLAN_LAG | {"plan.hvb.skolgang", "plan.hvb.halso_och_sjukvard"},
        {"plan.berorda", "plan.vardplan"},
    ),
    "familjehem": (
        {"uppdrag.mottagare"},
        PLAN_LAG,
        {
            "plan.vardplan",
            *(f"plan.familjehem.{vad}" for vad in ("skolgang", "halso_och_sjukvard")),
            *(f"plan.familjehem.{vem}" for vem in ("barn", "vardnadshavare", "uppdragstagare")),
        },
    ),
    "bim_grupp": (set(), set(), {"plan.berorda"}),
    "stod_i_foraldrarollen": (set(), set(), {"plan.berorda"}),
}


@pytest.mark.parametrize("insatstyp", SLAG)
def test_an_uppdrag_of_each_kind_lists_all_that_it_lacks(insatstyp: str) -> None:
    ska, _, _ = SLAG[insatstyp]
    bare = {"insatstyp": insatstyp, **UTGANGSPUNKT, **INGA_FORALDRAR, **INGA_KONTAKTER}
    for typ in UPPDRAG:
        told = {one.kod for one in vagrade(handelse(typ, **bare))}
        assert told == ska | UPPDRAG_SKA
        warned = sagda(typ, {"insatstyp": insatstyp, "mottagare": MOTTAGARE})
        assert set(warned) == UPPDRAG_BOR


@pytest.mark.parametrize("typ", ["genomforandeplan.faststalld", "genomforandeplan.aterlamnad"])
@pytest.mark.parametrize("insatstyp", SLAG)
def test_a_plan_of_each_kind_lists_all_that_it_lacks(insatstyp: str, typ: str) -> None:
    _, ska, bor = SLAG[insatstyp]
    bare = {"insatstyp": insatstyp, "rapportering": None}
    told = vagrade(handelse(typ, **bare))
    assert {one.kod for one in told} == ska
    assert len(told) == len(ska)
    fylld: dict[str, Any] = {one.pointer.removeprefix("/data/"): "Sagt." for one in told}
    if "rapportering" in fylld:
        fylld = {"rapportering": {"hur_ofta": "Ofta.", "pa_vilket_satt": "Brev."}}
    assert set(sagda(typ, {**bare, **fylld})) == bor


def test_every_kind_of_insats_was_seen() -> None:
    assert set(SLAG) == ALLA_INSATSTYPER
    assert {slag for slag, (_, ska, _) in SLAG.items() if ska >= PLAN_LAG} == PLACERING


def test_several_plans_may_come_out_of_one_vardplan() -> None:
    grupp = {"insatstyp": "bim_grupp", "rapportering": None, "plan_id": "P2"}
    for plan, utforare in ((HVB, "HVB Eken"), (grupp, "Gruppen")):
        sagt = {**plan, "vardplan_id": "VP1", "utforare": utforare}
        (one,) = planera(parse_event(handelse("genomforandeplan.faststalld", **sagt))).uppgifter
        assert isinstance(one.uppgift, RegistreraDokument)
        assert one.uppgift.avsnitt[0] == Avsnitt(rubrik="Utförare", text=utforare)
        assert one.uppgift.dokument_id == sagt.get("plan_id", "P1")


def test_all_that_is_wrong_comes_at_once() -> None:
    """Shape and rules alike; what a broken field leaves unknown is not guessed at."""
    event = handelse(
        "genomforandeplan.faststalld",
        insatstyp="hvb",
        mal=[{"mal_id": "M1"}],
        umgange="Söndagar.",
        plan_id="P-200101-2398",
        extra=1,
    )
    del event["data"]["frekvens"]
    told = {one.pointer: (one.namn, one.kalla, one.vikt) for one in vagrade(event)}
    lag = "L: SFS 2025:468 10 kap. 3 §"
    assert told == {
        "/data/mal/0/text": ("Målets lydelse", f"{lag}, A:31, B:80", "lag"),
        "/data/frekvens": ("Frekvens: när insatsen genomförs", f"{lag}, A:49, B:80", "lag"),
        "/data/extra": (None, None, None),
        "/data/plan_id": (None, None, None),
        "/data/former_for_uppfoljning": (
            "När och hur insatsen följs upp",
            f"{lag}, B:81",
            "lag",
        ),
        "/data/kontakt_med_socialsekreterare": (
            "Kontakt med socialsekreteraren",
            f"{lag}, B:81",
            "lag",
        ),
        "/data/andra_huvudman": ("Insatser av andra huvudmän", f"{lag}, B:82", "lag"),
        "/data/barnets_synpunkter": ("Barnets syn på genomförandet", lag, "lag"),
        "/data/vardnadshavares_synpunkter": (
            "Vårdnadshavares syn på genomförandet",
            lag,
            "lag",
        ),
        "/data/skolgang": ("Åtgärder gällande skolgång", "B:81", "ska"),
        "/data/halso_och_sjukvard": ("Åtgärder gällande hälso- och sjukvård", "B:82", "ska"),
    }


@pytest.mark.parametrize("insatstyp", sorted(ALLA_INSATSTYPER))
def test_what_law_asks_of_a_placed_childs_plan_is_told_as_law(insatstyp: str) -> None:
    for falt in ("mal", "frekvens", "innehall"):
        event = handelse("genomforandeplan.faststalld", **{**HVB, "insatstyp": insatstyp})
        del event["data"][falt]
        told = {one.pointer: one for one in vagrade(event)}[f"/data/{falt}"]
        placed = insatstyp in PLACERING
        assert told.vikt == ("lag" if placed else "ska")
        assert str(told.kalla).startswith("L: SFS 2025:468 10 kap. 3 §") == placed


@pytest.mark.parametrize("insatstyp", [None, "hemtjanst", 7, ["hvb"]])
def test_without_a_known_kind_only_what_holds_for_all_is_judged(insatstyp: object) -> None:
    plan = {"insatstyp": insatstyp, "datum": "i går", "rapportering": None}
    told = vagrade(handelse("genomforandeplan.faststalld", **plan))
    assert {one.pointer for one in told} == {"/data/insatstyp", "/data/datum"}


def test_who_may_be_the_missing_one_is_not_missed() -> None:
    deltagare = [{"namn": "Alva Test", "roll": "barnet"}]
    told = vagrade(handelse("uppstartsmote.genomfort", deltagare=deltagare))
    assert [one.pointer for one in told] == ["/data/deltagare/0/roll"]


@pytest.mark.parametrize("typ", TYPER)
def test_what_the_shape_demands_is_told_with_name_source_and_weight(typ: str) -> None:
    for namn, falt in HANDELSER[PREFIX + typ].model_fields.items():
        kalla = kalla_av(falt)
        if not falt.is_required() or kalla is None:
            continue
        event = handelse(typ)
        del event["data"][namn]
        (one,) = vagrade(event)
        vikt = "lag" if kalla.startswith("L") else "ska"
        assert (one.namn, one.kalla, one.vikt) == (falt.title, kalla, vikt)


# What B lists under "Uppdraget ska vara daterat och innehålla", and the beslutsunderlag (A:12).
INNEHALL = {
    "uppdrag.upprattat": {
        "datum": "B:17",
        "barn": "B:18",
        "foraldrar": "B:18",
        "kontaktuppgifter": "B:18",
        "tolkbehov": "B:19",
        "bedomning": "B:20",
        "mal": "B:21",
        "former_for_uppfoljning": "B:24",
        "aterforing_vid_avslut": "B:25",
        "andra_huvudman": "B:26",
        "behov_av_sip": "B:26",
    },
    "uppdrag.reviderat": {"andringar": "A:121"},
    "beslutsunderlag.upprattat": {
        "bedomning": "A:12",
        "centrala_behov": "A:12",
        "mal": "A:12",
        "mottaglighet": "B:9",
        "alternativ": "A:12",
        "motivering": "A:12",
    },
    "vardplan.upprattad": dict.fromkeys(
        (
            "sarskilda_insatser",
            "umgange",
            "mal",
            "barnets_synpunkter",
            "vardnadshavares_synpunkter",
        ),
        "L: SFS 2025:468 10 kap. 2 §",
    ),
    "remiss.skickad": {"behov": "A:16", "socialsekreterare": "A:16"},
    "matchning.foreslagen": {"overvagande": "A:16", "uppdragstagare": "A:16"},
    "matchning.samtyckt": {"samtycken": "A:23"},
    "avtal.upprattat": {"familjehemssekreterare": "A:67", "uppdragstagare": "A:67"},
    "uppstartsmote.genomfort": {"deltagare": "A:43"},
    "genomforandeplan.faststalld": {"mal": "A:31", "frekvens": "A:49", "innehall": "A:49"},
    "genomforandeplan.undertecknad": {"underskrifter": "B:86"},
    "barnsamtal.genomfort": {"vardnadshavare_informerad": "A:91"},
    "rapport.inkommen": {"innehall": "A:49", "avsandare": "A:73"},
    "uppfoljning.dokumenterad": {"utford_enligt_beslut": "B:49", "mal": "B:50"},
    "beslut.avslut": {"orsak": "A:125"},
}


@pytest.mark.parametrize(
    ("typ", "falt", "kalla"),
    [(typ, falt, kalla) for typ, falten in INNEHALL.items() for falt, kalla in falten.items()],
)
def test_what_the_sources_list_cannot_be_left_out(typ: str, falt: str, kalla: str) -> None:
    event = handelse(typ)
    assert vagrade(event) == ()
    del event["data"][falt]
    (one,) = vagrade(event)
    assert one.pointer == f"/data/{falt}"
    assert one.kalla is not None
    assert one.kalla.split(", ")[0] == kalla


def parts(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for falt in model.model_fields.values():
        for inre in delar(falt.annotation):
            yield from parts(inre)


def kallor(falt: Any) -> set[str]:
    """Who asks for a field or for a part of it."""
    inre = (ett for model in delar(falt.annotation) for ett in model.model_fields.values())
    said = {kalla for ett in (falt, *inre) for kalla in (kalla_av(ett) or "").split(", ")}
    return said - {""}


@pytest.mark.parametrize("typ", TYPER)
def test_every_content_point_bears_its_name_and_its_source(typ: str) -> None:
    document = HANDELSER[PREFIX + typ]
    for model in parts(document):
        for namn, falt in model.model_fields.items():
            if namn == "schema_version" or (namn.endswith("_id") and falt.title is None):
                continue
            assert falt.title, (model, namn)
            assert falt.title[0].isupper()
            kalla = kalla_av(falt)
            if model is document:
                assert kalla, (model, namn)
            for one in (kalla or "D").split(", "):
                match = KALLA.fullmatch(one)
                assert match, (model, namn, one)
                assert int(match["rad"] or 1) <= RADER.get(one[0], 1)


def test_the_schema_tells_names_sources_and_rules() -> None:
    told = schema("genomforandeplan.faststalld")
    assert told["properties"]["umgange"]["title"] == "Umgänge med föräldrar och andra närstående"
    assert told["properties"]["umgange"]["kalla"].startswith("B:82")
    rules = {rule["kod"]: rule for rule in told["krav"]}
    assert set(rules) == {
        krav.kod for krav in krav_for(HANDELSER[PREFIX + "genomforandeplan.faststalld"])
    }
    assert rules["plan.hvb.skolgang"] == {
        "kod": "plan.hvb.skolgang",
        "pointer": "/skolgang",
        "namn": "Åtgärder gällande skolgång",
        "kalla": "B:81",
        "vikt": "ska",
        "text": "Genomförandeplanen ska innehålla åtgärder gällande skolgång.",
        "insatstyper": ["hvb"],
    }
    assert "insatstyper" not in rules["plan.delmal"]


def test_what_later_rules_may_have_replaced_can_be_taken_away() -> None:
    event = handelse("genomforandeplan.faststalld", **{**HVB, "skolgang": None})
    assert [one.kod for one in vagrade(event)] == ["plan.hvb.skolgang"]
    assert vagrade(event, frozenset({"plan.hvb.skolgang"})) == ()
    assert {"plan.hvb.skolgang", "plan.hvb.halso_och_sjukvard"} == VALBARA
    assert not VALBARA & {krav.kod for krav in KRAV if krav.vikt == "lag"}


def test_a_rule_taken_away_warns_of_nothing() -> None:
    event = parse_event(handelse("uppstartsmote.kallat", kallade=BARN))
    assert [one.kod for one in planera(event).varningar] == ["kallelse.vardnadshavare"]
    assert planera(event, {"kallelse.vardnadshavare"}).varningar == ()


def test_a_person_keeps_the_numbers_that_stood_in_for_a_personnummer() -> None:
    barn = handelse("insats.startad")["data"]["barn"]
    numbers = ["20090468-2390", "20160503-T123"]
    read = parse_event(handelse("insats.startad", barn={**barn, "tidigare_personnummer": numbers}))
    assert read.data.barn.alla_nummer == ("202001012398", "200904682390", "20160503T123")
    for bad in (["198901012396"], ["20090468-2391"], "200904682390", numbers * 3):
        told = vagrade(handelse("insats.startad", barn={**barn, "tidigare_personnummer": bad}))
        assert {one.pointer.rsplit("/0", 1)[0] for one in told} == {
            "/data/barn/tidigare_personnummer"
        }
        assert all("20090468" not in str(one) for one in told)


def test_no_id_is_made_of_an_earlier_number() -> None:
    barn = handelse("insats.startad")["data"]["barn"]
    known = {**barn, "tidigare_personnummer": ["200904682390"]}
    told = vagrade(handelse("insats.startad", barn=known, insats_id="I-090468-2390"))
    assert [one.pointer for one in told] == ["/data/insats_id"]


def test_hints_are_shown_to_nobody() -> None:
    assert not {"kan"} & (VAGRAR | VARNAR)
    assert VAGRAR | VARNAR | {"kan"} == set(get_args(Vikt))

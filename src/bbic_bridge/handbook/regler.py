"""The handbook as a table: which event gives which operation, and what each operation waits for.

Read it from the top: ``OPERATIONER`` says, per operation, the facts it waits for and the facts it
gives once it has been read back. ``REGLER`` says, per event, which operation it gives, at which
step of the handbook, and who says so (A Malmö's page, B the slides, L law, D our own design).

A fact is written ``name:field``, e.g. ``beslut_registrerat:beslut_id``; the field is taken from
what is to be done, else from the document. Where the field is empty, the fact falls away.
"""

from collections.abc import Collection

from bbic_bridge.handbook import till_dokument, till_uppgift
from bbic_bridge.handbook.fakta import KOMMUNVIDA, fakta_av_andring, handelsetyp_av_andring
from bbic_bridge.handbook.handelser import PREFIX, Handelse
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER, VIDAREBEFORDRAS
from bbic_bridge.handbook.planering import (
    Operation,
    Plan,
    Planerad,
    Regel,
    Varning,
    hinder_for,
    planerade,
    varningar,
)
from bbic_bridge.handbook.skydd import NARSTAENDES_SKYDD, Skyddslage, skydda, utsatta_falt

__all__ = [
    "KOMMUNVIDA",
    "OPERATIONER",
    "REGLER",
    "Operation",
    "Plan",
    "Planerad",
    "Regel",
    "Varning",
    "fakta_av_andring",
    "handelsetyp_av_andring",
    "planera",
]

OPERATIONER: dict[str, Operation] = {
    "registrera_beslut": Operation(
        lank="beslut",
        kraver=("beslut_registrerat:ersatter",),
        ger=("beslut_registrerat:beslut_id",),
    ),
    "verkstall_beslut": Operation(
        lank="verkstallighet",
        kraver=("beslut_registrerat:beslut_id",),
        ger=("beslut_verkstallt:beslut_id",),
        ger_ocksa=("insats_startad:insats_id",),
    ),
    "tilldela_resurs": Operation(
        lank="resurstilldelning",
        kraver=("beslut_verkstallt:beslut_id", "resurs_registrerad:resurs_id"),
        ger=("resurs_tilldelad:insats_id/resurs_id",),
    ),
    "vidarebefordra_uppdrag": Operation(
        lank="uppdrag",
        kraver=("beslut_registrerat:beslut_id", "uppdrag_vidarebefordrat:ersatter"),
        ger=("uppdrag_vidarebefordrat:uppdrag_id",),
    ),
    "aterkalla_uppdrag": Operation(
        lank="uppdrag",
        kraver=("uppdrag_vidarebefordrat:uppdrag_id",),
        ger=("uppdrag_aterkallat:uppdrag_id",),
    ),
    "registrera_dokument": Operation(
        lank="dokument",
        kraver=("dokument_registrerat:ersatter",),
        ger=("dokument_registrerat:dokument_id",),
    ),
    "skapa_aktanteckning": Operation(
        lank="anteckning",
        ger=("aktanteckning_skapad:anteckning_id",),
    ),
    "ratta_aktanteckning": Operation(
        lank="anteckning",
        kraver=("aktanteckning_skapad:ersatter",),
        ger=("aktanteckning_skapad:anteckning_id",),
    ),
    "avsluta_insats_och_resurs": Operation(
        lank="insats",
        kraver=(
            "insats_startad:insats_id",
            "resurs_tilldelad:insats_id/resurs_id",
            "beslut_registrerat:avslutsbeslut_id",
        ),
        ger=("resurs_avslutad:insats_id", "insats_avslutad:insats_id"),
    ),
}

I_PLANEN = ALLA_INSATSTYPER - VIDAREBEFORDRAS
_u, _d = till_uppgift, till_dokument
_BESLUT = "registrera_beslut"
_DOKUMENT = "registrera_dokument"
_ANTECKNING = "skapa_aktanteckning"
_EFTER_BESLUT = ("beslut_registrerat:beslut_id",)
_PLANEN = ("dokument_registrerat:plan_id",)

REGLER: tuple[Regel, ...] = (
    # 1. Beslutsunderlag
    Regel(1, "A", "arende.aktualiserat", None, "Ärendet är känt."),
    Regel(1, "A", "utredning.inledd", None, "Utredning är inledd."),
    Regel(
        1, "A", "beslutsunderlag.upprattat", _DOKUMENT,
        "Bedömning, centrala behov och mål läggs i akten.", _d.beslutsunderlag,
    ),
    Regel(
        1, "L", "vardplan.upprattad", _DOKUMENT,
        "Planen bakom en placering läggs i akten.", _d.vardplan,
    ),
    # 2. Matchning väntar inte på något beslut
    Regel(2, "A", "remiss.skickad", None, "Familjehemsvården söker uppdragstagare."),
    Regel(2, "A", "matchning.foreslagen", None, "En uppdragstagare är föreslagen."),
    Regel(2, "A", "matchningsmote.genomfort", None, "Familj och uppdragstagare har träffats."),
    Regel(2, "A", "matchning.samtyckt", None, "Två veckor till uppstartsmötet börjar löpa."),
    # 3. Avtal; familjehemssekreteraren lägger själv in resursen
    Regel(3, "A", "avtal.upprattat", None, "Avtalet är upprättat av familjehemssekreteraren."),
    # 4. Beslut
    Regel(
        4, "A", "beslut.fattat", _BESLUT,
        "Beslutet registreras när alla har samtyckt.", _u.beslut_fattat,
    ),
    # 5. Uppdrag
    Regel(
        5, "B", "uppdrag.upprattat", "vidarebefordra_uppdrag",
        "Uppdraget går till enhetschefen för Chansen, till HVB eller till familjehemmet.",
        _u.uppdrag_till_utforare, galler=VIDAREBEFORDRAS,
    ),
    Regel(
        5, "A", "uppdrag.upprattat", _DOKUMENT,
        "För kontaktperson m.fl. ligger uppdraget i planen och läggs i akten.",
        _d.uppdrag, galler=I_PLANEN, kraver=_EFTER_BESLUT,
    ),
    Regel(
        5, "B", "uppdrag.reviderat", "vidarebefordra_uppdrag",
        "Den nya versionen går samma väg, efter den tidigare.",
        _u.uppdrag_till_utforare, galler=VIDAREBEFORDRAS,
    ),
    Regel(
        5, "A", "uppdrag.reviderat", _DOKUMENT,
        "Ändrade eller prioriterade mål läggs i akten, efter den tidigare versionen.",
        _d.uppdrag, galler=I_PLANEN, kraver=_EFTER_BESLUT,
    ),
    Regel(
        5, "D", "uppdrag.aterkallat", "aterkalla_uppdrag",
        "Uppdraget tas tillbaka från den som fick det.", _u.aterkallelse, galler=VIDAREBEFORDRAS,
    ),
    Regel(
        5, "D", "uppdrag.aterkallat", _DOKUMENT,
        "Att uppdraget är återkallat läggs i akten.", _d.aterkallat_uppdrag, galler=I_PLANEN,
    ),
    Regel(
        5, "B", "planeringsmote.genomfort", _ANTECKNING,
        "Att planeringsmötet ägt rum och vilka som deltog antecknas.", _u.planeringsmote,
    ),
    # 6. Insats startar
    Regel(6, "A", "uppstartsmote.kallat", None, "Familjen är kallad inom två veckor."),
    Regel(
        6, "A", "uppstartsmote.genomfort", _ANTECKNING,
        "Att uppstartsmötet ägt rum och vilka som deltog antecknas.", _u.uppstartsmote,
    ),
    Regel(6, "A", "insats.startad", None, "Planens och uppföljningens tider börjar löpa."),
    # 7. Genomförandeplan
    Regel(
        7, "A", "genomforandeplan.faststalld", _DOKUMENT,
        "Planen läggs i akten, efter den plan den ersätter.", _d.faststalld_plan,
    ),
    Regel(
        7, "B", "genomforandeplan.aterlamnad", _DOKUMENT,
        "Planen med HVB-hemmets mål är tillbaka för underskrift.",
        _d.aterlamnad_plan, ger_ocksa=_PLANEN,
    ),
    Regel(
        7, "B", "genomforandeplan.undertecknad", _DOKUMENT,
        "Underskrifterna läggs i akten, efter planen.", _d.undertecknad_plan, kraver=_PLANEN,
    ),
    # 8. Verkställ beslut, därefter tilldela resurs
    Regel(
        8, "A", "beslut.verkstall", "verkstall_beslut",
        "Beslutet verkställs när det är registrerat; insatsen öppnas.", _u.verkstallighet,
    ),
    Regel(
        8, "A", "resurs.tilldela", "tilldela_resurs",
        "Resursen tilldelas när beslutet är verkställt och resursen är inlagd.",
        _u.resurstilldelning,
    ),
    Regel(8, "L", "beslut.avbrott", None, "Beslutet räknas åter som ej verkställt."),
    # 9. Insats pågår
    Regel(9, "A", "rapport.inkommen", _DOKUMENT, "Återkopplingen läggs i akten.", _d.rapport),
    Regel(9, "A", "samverkan.dokumenterad", _DOKUMENT, "Samverkan läggs i akten.", _d.samverkan),
    Regel(
        9, "A", "aktanteckning.skriven", _ANTECKNING,
        "Anteckningen förs in i journalen.", _u.anteckning,
    ),
    Regel(
        9, "L", "aktanteckning.rattad", "ratta_aktanteckning",
        "En låst anteckning rättas med en ny som pekar på den gamla.", _u.rattelse,
    ),
    # 10. Barnsamtal
    Regel(10, "A", "barnsamtal.erbjudet", None, "Barnet är erbjudet samtal."),
    Regel(
        10, "A", "barnsamtal.genomfort", _ANTECKNING,
        "Att samtalet ägt rum antecknas.", _u.barnsamtal,
    ),
    # 11. Uppföljning
    Regel(11, "A", "uppfoljningsmote.bokat", None, "Uppföljningsmötet är bokat."),
    Regel(
        11, "A", "uppfoljningsmote.genomfort", _ANTECKNING,
        "Att uppföljningsmötet ägt rum och vilka som deltog antecknas.", _u.uppfoljningsmote,
    ),
    Regel(
        11, "B", "uppfoljning.dokumenterad", _DOKUMENT,
        "Mål, resultat och mål för kommande period läggs i akten.", _d.uppfoljning,
    ),
    # 12. Fortsatt bistånd
    Regel(
        12, "A", "beslut.fortsatt_bistand", _BESLUT,
        "Registreras efter det beslut det förlänger.", _u.fortsatt_bistand,
    ),
    Regel(12, "A", "kopia.lamnad", None, "Kopior är lämnade till berörda."),
    # 13. Avslut
    Regel(
        13, "A", "beslut.avslut", _BESLUT,
        "Registreras efter det beslut det avslutar.", _u.avslutsbeslut,
    ),
    Regel(13, "B", "slutrapport.inkommen", _DOKUMENT, "Slutrapporten läggs i akten.", _d.rapport),
    Regel(
        13, "A", "insats.avsluta", "avsluta_insats_och_resurs",
        "Först resursen, sedan insatsen.", _u.avslutad_insats,
    ),
)  # fmt: skip


_REGLER_FOR = {
    PREFIX + typ: tuple(regel for regel in REGLER if regel.handelse == typ)
    for typ in {regel.handelse for regel in REGLER}
}


def planera(
    handelse: Handelse, utan: Collection[str] = (), skydd: Skyddslage | None = None
) -> Plan:
    """What the event leads to. Pure: the same event always gives the same plan.

    What may not be sent on is left out before anything is made of the document.

    Args:
        utan: codes of rules of ``krav`` that are not asked for here.
        skydd: what its case knows of protection; None to go by the document alone.
    """
    regler = _REGLER_FOR[handelse.type]
    # A document that names the parents tells itself how they are protected.
    namner = hasattr(handelse.data, "foraldrar")
    narstaende = not namner and skydd is not None and skydd.narstaende is True
    synligt, utelamnat = skydda(handelse.data, narstaende_skyddad=narstaende)
    hinder = hinder_for(synligt, utelamnat, utan)
    kraver: tuple[str, ...] = ()
    if skydd is not None and utsatta_falt(synligt):
        hinder = "skydd_havt" if skydd.nagonsin else hinder
        kraver = (NARSTAENDES_SKYDD,) if skydd.narstaende is None and not namner else ()
    return Plan(
        uppgifter=tuple(planerade(regler, OPERATIONER, synligt, hinder, kraver)),
        varningar=tuple(varningar(handelse.data, utelamnat, utan)),
    )

"""Steps 1 and 12: what an utredning and its beslutsunderlag must hold beyond their shape.

"Det är viktigt" weighs BÖR here: where source B means SKA it says so.
"""

from bbic_bridge.handbook.dokument.utredning import BeslutsunderlagUpprattat, UtredningInledd
from bbic_bridge.handbook.krav.bas import Krav, finns

KRAV = (
    Krav(
        "beslutsunderlag.barnets_delaktighet", "bor", (BeslutsunderlagUpprattat,),
        "barnets_delaktighet", "B:124", "Det bör framgå hur barnet varit delaktigt.",
        finns("barnets_delaktighet"),
    ),
    Krav(
        "beslutsunderlag.foraldrarnas_delaktighet", "bor", (BeslutsunderlagUpprattat,),
        "foraldrarnas_delaktighet", "B:124", "Det bör framgå hur föräldrarna varit delaktiga.",
        finns("foraldrarnas_delaktighet"),
    ),
    Krav(
        "utredning.orsak", "bor", (UtredningInledd,), "orsak", "A:111",
        "När en pågående insats leder till ny utredning bör det framgå vilket behov insatsen inte "
        "kan tillgodose, eller vilken oro som finns.",
        lambda utredning: utredning.insats_id is None or utredning.orsak is not None,
    ),
)  # fmt: skip

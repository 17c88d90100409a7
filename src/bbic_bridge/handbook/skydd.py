"""Protection: where someone is to be kept safe, how to reach people is not sent on.

Source: the handbook's Persons (law; that unknown counts as protected is our design). A protected
child's, or a close relative's, address reveals the other's, so one protected person is enough.
"""

from collections.abc import Iterable

from bbic_bridge.handbook.dokument.bas import Kontakt
from bbic_bridge.handbook.uppgifter import Kontaktuppgifter, Person


def skyddad(personer: Iterable[Person | Kontakt]) -> bool:
    """Whether anyone is protected, or is not known not to be."""
    return any(person.skydd != "ingen" for person in personer)


def synliga_kontaktuppgifter(
    personer: Iterable[Person], kontakter: Iterable[Kontakt]
) -> tuple[Kontaktuppgifter, ...]:
    """The contact details that may be sent on: all of them, or none.

    Args:
        personer: the child and everyone close to it whom the document names.
        kontakter: the document's contact details, each with its own protection.
    """
    kontakter = tuple(kontakter)
    if skyddad((*personer, *kontakter)):
        return ()
    return tuple(
        Kontaktuppgifter(namn=kontakt.namn, adress=kontakt.adress, telefon=kontakt.telefon)
        for kontakt in kontakter
    )

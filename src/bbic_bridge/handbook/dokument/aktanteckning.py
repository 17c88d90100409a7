"""Step 9: notes in the journal. A locked note is corrected by a new one, never edited (L)."""

from typing import Annotated

from pydantic import Field

from bbic_bridge.handbook.dokument.bas import Deltagare, Dokument, Id, KortText, Text, Tid


class AktanteckningSkriven(Dokument):
    """A note in the child's journal."""

    anteckning_id: Id
    handelsetid: Tid
    rubrik: KortText
    text: Text
    forfattare: KortText
    deltagare: Annotated[tuple[Deltagare, ...], Field(max_length=40)] = ()


class AktanteckningRattad(Dokument):
    """The new note; ``ersatter`` is the one it corrects."""

    anteckning_id: Id
    ersatter: Id
    handelsetid: Tid
    rubrik: KortText
    text: Text
    forfattare: KortText
    orsak: KortText

"""Step 9: notes in the journal. A locked note is corrected by a new one, never edited (L)."""

from typing import Annotated

from pydantic import Field

from bbic_bridge.handbook.dokument.bas import Deltagare, Dokument, Id, KortText, Text, Tid, punkt


class AktanteckningSkriven(Dokument):
    """A note in the child's journal."""

    anteckning_id: Id
    handelsetid: Annotated[Tid, punkt("När det hände", "A:77")]
    rubrik: Annotated[KortText, punkt("Rubrik", "A:77")]
    text: Annotated[Text, punkt("Anteckning", "A:77")]
    forfattare: Annotated[KortText, punkt("Socialsekreterare som dokumenterar", "A:77")]
    deltagare: Annotated[
        tuple[Deltagare, ...], Field(max_length=40), punkt("Vilka som deltog", "A:55")
    ] = ()


class AktanteckningRattad(Dokument):
    """The new note; ``ersatter`` is the one it corrects."""

    anteckning_id: Id
    ersatter: Annotated[Id, punkt("Anteckning som rättas", "D")]
    handelsetid: Annotated[Tid, punkt("När det hände", "A:77")]
    rubrik: Annotated[KortText, punkt("Rubrik", "A:77")]
    text: Annotated[Text, punkt("Anteckning", "A:77")]
    forfattare: Annotated[KortText, punkt("Socialsekreterare som dokumenterar", "A:77")]
    orsak: Annotated[KortText, punkt("Skäl för rättelsen", "D")]

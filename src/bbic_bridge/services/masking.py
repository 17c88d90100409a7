"""Showing that something is there without showing it."""

from collections.abc import Mapping
from typing import Any, get_args

from bbic_bridge.handbook.uppgifter import Avslutsorsak

# What an operator needs to see as it is: ids, codes and dates that name no one.
_OPEN = frozenset(
    {
        "anteckning_id",
        "beslut_id",
        "beslutsdatum",
        "beslutstyp",
        "datum",
        "dokument_id",
        "dokumenttyp",
        "ersatter",
        "fran",
        "insats_id",
        "insatstyp",
        "mal_id",
        "omfattning",
        "plan_id",
        "resurs_id",
        "skydd",
        "slutdatum",
        "till",
        "uppdrag_id",
        "enhet_id",
        "schema_version",
        "behov_av_sip",
    }
)
# Of what the workflow is told: ids, codes and times too. A vendor's ``orsak`` may be free text.
_OPEN_IN_FEED = (_OPEN - {"orsak"}) | {
    "arende_kandidater",
    "avvikelse",
    "felkod",
    "felslag",
    "frist",
    "handelsetid",
    "handelsetyp",
    "kalla",
    "leverans_id",
    "objekt_id",
    "operation",
    "pointer",
    "resurstyp",
    "senast",
    "system",
    "tid",
    "tillstand",
    "vantar_pa",
    "vendor_id",
    "vikt",
}
# Of what the audit log holds of an act: ids, counts, keys' numbers, names that the bridge knows.
_OPEN_IN_AUDIT = frozenset(
    {
        *("job", "was", "with", "event", "numbers", "system", "since"),
        *("counts", "key", "keys", "resealed", "left", "removed"),
        *("name", "role", "use", "kommuner", "expires"),
    }
)
MASK = "•••"
_AVSLUTSORSAKER = frozenset(get_args(Avslutsorsak))


def masked(value: Any, name: str = "", shown: frozenset[str] = _OPEN) -> Any:
    """The same shape with every value hidden but those in the open list."""
    if isinstance(value, Mapping):
        return {key: masked(inner, key, shown) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner, name, shown) for inner in value]
    if value is None or isinstance(value, bool) or name in shown:
        return value
    if name == "orsak" and value in _AVSLUTSORSAKER:  # elsewhere it is people's own words
        return value
    return MASK


def masked_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """A CloudEvent to the workflow with its data masked; its attributes name no one."""
    return {**event, "data": masked(event["data"], shown=_OPEN_IN_FEED)}


def masked_act(details: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of an act, with all hidden that may be people's words or a document's."""
    return {
        name: value if name in _OPEN_IN_AUDIT else masked(value, shown=frozenset())
        for name, value in details.items()
    }

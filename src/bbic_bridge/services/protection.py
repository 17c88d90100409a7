"""Protection that a case knows of, though the document at hand does not tell it."""

from bbic_bridge.handbook.handelser import Handelse
from bbic_bridge.handbook.regler import Plan, planera
from bbic_bridge.handbook.skydd import skyddad_narstaende, utsatta_falt
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.store.inbox import latest_document
from bbic_bridge.store.tx import Tx

# The documents that name the child's parents and how to reach the family; each names them all.
_NAMES_PARENTS = ("se.bbic.uppdrag.upprattat", "se.bbic.uppdrag.reviderat")


def plan_in_case(bridge: Bridge, tx: Tx, handelse: Handelse, plan: Plan) -> Plan:
    """The plan, made anew where someone close is protected whom only another document names.

    A child's school tells where its parent can be found, and a plan does not name parents.
    """
    if hasattr(handelse.data, "foraldrar") or not utsatta_falt(handelse.data):
        return plan
    named = latest_document(tx, handelse.kommun, handelse.subject, _NAMES_PARENTS)
    if named is None or not skyddad_narstaende(named):
        return plan
    return planera(handelse, bridge.settings.krav.utan, narstaende_skyddad=True)

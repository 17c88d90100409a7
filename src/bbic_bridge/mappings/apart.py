"""A page of changes taken apart, so that each can be judged by itself."""

from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from bbic_bridge.contracts.xml import Element
from bbic_bridge.mappings.errors import MappingError
from bbic_bridge.mappings.plan import ChangesStep, Nodes, Plan


@dataclass(frozen=True, slots=True)
class Unread:
    """A change that cannot be read: its own id and its kind as far as they can be, and why not.

    ``raw`` is the change as a document of its own; it may be personal.
    """

    andrings_id: str | None
    kind: str
    error: MappingError
    raw: bytes


@dataclass(frozen=True, slots=True)
class Apart:
    """A page without its changes (``frame``), and the changes."""

    frame: Element
    changes: tuple[Element, ...]


def take_apart(page: Element, plan: Plan) -> Apart | None:
    """A copy of the page and its changes; None where there are none."""
    step = next((step for step in plan.steps if isinstance(step, ChangesStep)), None)
    frame = deepcopy(page)
    holder = None if step is None else Nodes(frame, plan.containers).find(step.parent)
    if step is None or holder is None:
        return None
    changes = tuple(holder.iterchildren(step.tag))
    for change in changes:
        holder.remove(change)
    return Apart(frame, changes) if changes else None


def alone(change: Element) -> bytes:
    """A change as a document: the same bytes whatever it stood in (exclusive C14N)."""
    return etree.tostring(change, method="c14n", exclusive=True, with_comments=False)

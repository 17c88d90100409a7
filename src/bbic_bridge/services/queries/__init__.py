"""Reading for people and their tools. Everything is masked unless asked to be revealed."""

from bbic_bridge.services.queries.cases import is_known_kommun, kommuner_of_case, show_case
from bbic_bridge.services.queries.deliveries import (
    list_deliveries,
    missing_deliveries,
    show_delivery,
    to_query,
)
from bbic_bridge.services.queries.feed import feed
from bbic_bridge.services.queries.status import status

__all__ = [
    "feed",
    "is_known_kommun",
    "kommuner_of_case",
    "list_deliveries",
    "missing_deliveries",
    "show_case",
    "show_delivery",
    "status",
    "to_query",
]

"""HTTP in: events, webhooks, the feed, operators' API, probes. A thin face on the services."""

from bbic_bridge.receivers.app import create_app

__all__ = ["create_app"]

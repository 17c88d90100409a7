"""The sandbox: Procapita, Treserva and a handbook workflow over real HTTP.

It speaks the published contracts and knows nothing else of the bridge, so that it can disagree
with an adapter.
"""

from bbic_bridge.sandbox.config import SandboxConfig
from bbic_bridge.sandbox.history import HistoryUnusable
from bbic_bridge.sandbox.server import serve

__all__ = ["HistoryUnusable", "SandboxConfig", "serve"]

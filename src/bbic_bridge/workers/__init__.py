"""Celery's face: ``celery -A bbic_bridge.workers worker|beat``. The store is the truth; this wakes.

The app reads its settings when it is configured, not when it is imported.
"""

import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging

from bbic_bridge import telemetry

# Said of every worker whose user is root, as in many containers. What could be done with a root's
# worker needs pickled messages: ours are JSON, a task's name and ids.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("bbic_bridge")
app.config_from_object("bbic_bridge.workers.celeryconfig")


@setup_logging.connect
def _log_as_we_do(**_: Any) -> None:
    """Takes the place of Celery's own logging, in the worker, its children and beat."""
    telemetry.take_over()

"""Celery's face: ``celery -A bbic_bridge.workers worker|beat``. The store is the truth; this wakes.

The app reads its settings when it is configured, not when it is imported.
"""

from celery import Celery

app = Celery("bbic_bridge")
app.config_from_object("bbic_bridge.workers.celeryconfig")

"""Celery's settings for workers and beat. Imported when the app is first configured, not before."""

from math import isfinite
from typing import Any

from bbic_bridge import settings
from bbic_bridge.broker import settings_for
from bbic_bridge.delivery.errors import ConfigurationError

_settings = settings.load_default()
if not _settings.broker_url.get_secret_value():
    raise ConfigurationError("setting broker_url: missing")
globals().update(settings_for(_settings.broker_url.get_secret_value()))

imports = ("bbic_bridge.workers.tasks",)
worker_prefetch_multiplier = 8
broker_transport_options: dict[str, Any] = {"socket_connect_timeout": 2, "socket_timeout": 10}
worker_cancel_long_running_tasks_on_connection_loss = False
beat_scheduler = "bbic_bridge.workers.schedule:Scheduler"
beat_schedule: dict[str, Any] = {
    "sweep": {"task": "sweep", "schedule": _settings.worker.sweep_s},
    "watch_deadlines": {"task": "watch_deadlines", "schedule": 60.0},
} | {
    f"sync_vendor/{name}": {
        "task": "sync_vendor",
        "schedule": max(kommun.sync_every_s, 1.0),
        "args": (name,),
        "options": {"expires": max(kommun.sync_every_s, 1.0)},
    }
    for name, kommun in _settings.kommun.items()
}
if isfinite(_settings.retention.payload_days):
    # Often, for beat counts from its own start; there is little to do when little has come of age.
    beat_schedule["prune"] = {"task": "prune", "schedule": 3600.0, "options": {"expires": 3600.0}}

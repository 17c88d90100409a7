"""Keeping the store right: what a crash, a lost wake-up or a lost race left behind."""

from bbic_bridge import telemetry
from bbic_bridge.services import audit
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.sync import reconsider_held
from bbic_bridge.services.tell import tell
from bbic_bridge.settings import Settings
from bbic_bridge.store import migrate as schema
from bbic_bridge.store.facts import release_all
from bbic_bridge.store.overview import unmet_needs, waiting_since
from bbic_bridge.store.queues import mend_set_back
from bbic_bridge.store.times import DAY
from bbic_bridge.store.tx import Tx

log = telemetry.get_logger()


def migrate(settings: Settings) -> str:
    """Brings the database to the newest schema and returns its version."""
    return schema.migrate(settings.sqlalchemy_url())


def schema_state(settings: Settings) -> tuple[str | None, str]:
    """The database's schema version and the one this program knows."""
    return schema.state(settings.sqlalchemy_url()), schema.newest()


def sweep(bridge: Bridge) -> int:
    """Ends expired leases, brings back what a clock that was set back had put off, releases what
    lacks nothing, seals what is new, reconsiders held changes.

    Returns:
        How many deliveries were set going.
    """

    def job(tx: Tx) -> list[tuple[str, str]]:
        lost = tx.claims.expire(tx.connection, tx.now)
        if lost:
            log.warning("leases_expired", count=len(lost))
        back = mend_set_back(tx.connection, tx.now)
        if back:
            log.warning("clock_set_back", count=len(back))
        return lost + back + release_all(tx)

    due = bridge.store.write(job)
    audit.seal(bridge)
    reconsider_held(bridge)
    bridge.wake(due)
    return len(due)


def report_waiting(bridge: Bridge) -> int:
    """Tells the workflow, once each, of what has waited longer than ``waiting_report_days``.

    Returns:
        How many deliveries have waited that long.
    """
    count, after = 0, 0
    while True:
        told, last = _report_page(bridge, after)
        count += told
        if last is None:
            return count
        after = last


def _report_page(bridge: Bridge, after: int) -> tuple[int, int | None]:
    """Reports a page; returns how many it held and where the next begins, None after the last."""
    days = bridge.settings.waiting_report_days
    due: list[tuple[str, str]] = []

    def job(tx: Tx) -> tuple[int, int | None]:
        due.clear()
        rows = waiting_since(tx, tx.now - int(days * DAY), after)
        for row in rows:
            data = {
                "avvikelse": "vantar_for_lange",
                "leverans_id": row.id,
                "operation": row.operation,
                "vantar_pa": [fact for _, fact in unmet_needs(tx, row.id)],
            }
            due.extend(
                tell(
                    bridge,
                    tx,
                    "avvikelse.upptackt",
                    kommun=row.kommun,
                    arende=row.arende,
                    data=data,
                    because=("vantar_for_lange", row.id),
                )
            )
        return len(rows), rows[-1].seq if rows else None

    page = bridge.store.write(job)
    bridge.wake(due)
    return page

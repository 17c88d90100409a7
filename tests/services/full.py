"""Something in every sealed column, as use would bring it there."""

from datetime import UTC, datetime

from bbic_bridge.delivery.errors import Ambiguous, Rejected, Transient
from bbic_bridge.delivery.ports import Link, Unreadable, VendorChange
from bbic_bridge.services.replay import replay_one
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.store.retention import note_pruned
from tests.services.conftest import World

TOLD_AT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


def note_at_vendor(key: str, text: str = "Hemligt") -> VendorChange:
    """A journal note that somebody wrote at the vendor, of a case that nobody can tell."""
    return VendorChange(
        key=key,
        kind="aktanteckning_skapad",
        vendor_id=key,
        arende="A-1",
        person=None,
        reference=None,
        at=TOLD_AT,
        data={"text": text},
        links=(Link("anteckning", "", key),),
    )


def fill(world: World) -> None:
    """Events, deliveries that fail and are corrected, what vendors tell, held and unreadable."""
    world.vendor.trouble.append((Rejected("EJ_TILLATET", reason="Kim får inte"), False))
    world.send("beslut.fattat")
    world.send("beslut.verkstall")
    world.work()
    head = str(world.delivery("registrera_beslut").id)
    edit = {**world.vendor.sent[0].uppgift, "beslutsfattare": "Rätt Person"}
    replay_one(world.bridge, head, actor="anna", edit=edit, reason="fel namn")
    for _ in range(3):
        world.clock.forward(11)
        world.work()
    assert set(world.states().values()) == {"verified"}
    world.send("beslut.fattat", arende="A-2", beslut_id="B-2", kommun="lund")
    world.work()
    world.vendor.tell(
        Unreadable("x:1", "beslut_registrerat", "changes", "bad_date", "p/m/f", b"<a/>")
    )
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.vendor.deaf = Transient("connect_failed")
    world.send("aktanteckning.skriven")
    world.work()
    world.vendor.tell(note_at_vendor("n:1"))
    report = sync_kommun(world.bridge, "malmo")
    assert (report.parked, report.held) == (1, 1), report
    world.vendor.deaf = None
    memory = {"nummer": ["202001012398"]}
    world.bridge.store.write(lambda tx: note_pruned(tx, ("malmo", "A-1"), memory))

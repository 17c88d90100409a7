"""The audit log's chain: whatever is done to its sealed part from beside shows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from bbic_bridge.security.envelope import new_root_key
from bbic_bridge.services import audit, audit_log, audit_verify, queries
from bbic_bridge.services.audit_verify import AuditReport, Fault, verify
from bbic_bridge.services.bridge import BRIDGE
from bbic_bridge.store.chain import Head, link
from bbic_bridge.store.schema import audit as rows
from bbic_bridge.store.schema import sealers
from bbic_bridge.store.tx import Tx
from tests.services.conftest import World


def act(world: World, number: int) -> None:
    details = {"reason": f"skäl {number}"}
    audit.record(world.bridge, "cli:anna", "reveal", f"D{number}", details, "malmo")


@pytest.fixture
def log(world: World) -> World:
    """Nine acts, sealed."""
    for number in range(1, 10):
        world.clock.forward(1)
        act(world, number)
    audit.seal(world.bridge)
    assert verify(world.bridge).sealed == 9
    return world


@contextmanager
def beside(world: World) -> Iterator[sa.Connection]:
    """A hand at the database itself."""
    engine = sa.create_engine(world.bridge.settings.sqlalchemy_url())
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def do(world: World, *statements: sa.Executable) -> None:
    with beside(world) as connection:
        for statement in statements:
            connection.execute(statement)


def change(seq: int, /, **values: Any) -> sa.Update:
    return sa.update(rows).where(rows.c.seq == seq).values(values)


def remove(wanted: sa.ColumnElement[bool]) -> sa.Delete:
    return sa.delete(rows).where(wanted)


def value_of(column: str, seq: int) -> sa.ScalarSelect[Any]:
    return sa.select(rows.c[column]).where(rows.c.seq == seq).scalar_subquery()


def set_back(**values: Any) -> sa.Update:
    """What the sealer keeps of the log's end."""
    return sa.update(sealers).where(sealers.c.name == "audit").values(values)


def faults(report: AuditReport) -> set[tuple[str, int, int]]:
    assert not report.is_sound
    return {(fault.what, fault.seq, fault.upto) for fault in report.faults}


def test_a_whole_log_is_sound_and_says_where_it_ends(log: World) -> None:
    head = audit_log.head(log.bridge)
    report = verify(log.bridge, head)
    assert report.is_sound
    assert (report.sealed, report.forgotten, report.unsealed) == (9, 0, 0)
    assert (report.head, report.anchor) == (str(head), "matches")
    assert queries.status(log.bridge).audit_head == str(head)


def test_an_empty_log_is_sound(world: World) -> None:
    head = audit_log.head(world.bridge)
    assert head == Head()
    assert verify(world.bridge, head).is_sound
    act(world, 1)
    audit.seal(world.bridge)
    assert verify(world.bridge, head).is_sound


@pytest.mark.parametrize(
    "value",
    [
        {"actor": "cli:bo"},
        {"action": "replay"},
        {"subject": "D8"},
        {"kommun": "lund"},
        {"at": rows.c.at + 1},
        {"id": "forged"},
        {"digest": b"d" * 32},
        {"chain": b"c" * 32},
        {"chain": None},
    ],
)
def test_any_changed_column_shows(log: World, value: dict[str, Any]) -> None:
    do(log, change(4, **value))
    assert ("changed", 4, 4) in faults(verify(log.bridge))


@pytest.mark.parametrize("column", ["digest", "chain"])
def test_another_row_s_value_shows(log: World, column: str) -> None:
    do(log, change(4, **{column: value_of(column, 8)}))
    assert ("changed", 4, 4) in faults(verify(log.bridge))


def test_a_removed_row_shows_by_its_number(log: World) -> None:
    do(log, remove(rows.c.seq.in_([3, 4, 7])))
    assert faults(verify(log.bridge)) == {("missing", 3, 4), ("missing", 7, 7)}


def test_a_removed_row_whose_place_is_closed_up_shows(log: World) -> None:
    closing = (change(seq, seq=seq - 1) for seq in range(5, 10))
    do(log, remove(rows.c.seq == 4), *closing, set_back(seq=8))
    assert ("changed", 4, 4) in faults(verify(log.bridge))


def test_two_rows_that_changed_places_show(log: World) -> None:
    do(log, change(4, seq=100), change(6, seq=4), change(100, seq=6))
    assert {("changed", 4, 4), ("changed", 6, 6)} <= faults(verify(log.bridge))


def test_a_row_put_in_at_the_end_shows(log: World) -> None:
    copied = [c.name for c in rows.c if c.name not in ("row", "seq", "id")]
    forged = sa.select(sa.literal(10), sa.literal("forged"), *(rows.c[c] for c in copied))
    insert = sa.insert(rows).from_select(["seq", "id", *copied], forged.where(rows.c.seq == 9))
    do(log, insert)
    assert faults(verify(log.bridge)) == {("not_sealed_here", 10, 10)}


def test_details_of_another_row_show(log: World) -> None:
    do(log, change(4, details=value_of("details", 8)))
    assert faults(verify(log.bridge)) == {("details_changed", 4, 4)}


def test_details_that_were_sealed_anew_with_other_words_show(log: World) -> None:
    """The kommun's data key opens what it seals, but the digest is the chain's."""

    def forge(tx: Tx) -> None:
        row_id = tx.connection.scalar(sa.select(value_of("id", 4)))
        assert isinstance(row_id, str)
        sealed = tx.seal_json("malmo", {"reason": "annat"}, "audit", row_id, "details")
        tx.connection.execute(change(4, details=sealed))

    log.bridge.store.write(forge)
    assert faults(verify(log.bridge)) == {("details_changed", 4, 4)}


def test_forgotten_details_leave_the_chain_whole(log: World) -> None:
    do(log, *(change(seq, details=b"") for seq in (1, 2, 3)))
    report = verify(log.bridge)
    assert report.is_sound
    assert report.forgotten == 3
    shown = list(audit_log.acts(log.bridge, audit_log.AuditFilter(), reveal=True))
    assert [one.details for one in shown[2:4]] == [None, {"reason": "skäl 4"}]


def test_an_end_cut_off_shows_by_the_kept_head(log: World) -> None:
    do(log, remove(rows.c.seq > 7))
    assert faults(verify(log.bridge)) == {("missing", 8, 9)}
    act(log, 10)
    audit.seal(log.bridge)
    assert faults(verify(log.bridge)) == {("missing", 8, 9)}


def cut_off_well(world: World, left: int) -> None:
    """As somebody does who knows the tables: the kept head is set back, too."""
    do(world, remove(rows.c.seq > left), set_back(seq=left, chain=value_of("chain", left)))


def test_an_end_cut_off_well_shows_only_against_a_head_kept_elsewhere(log: World) -> None:
    early, kept = _head_at(log, 5), audit_log.head(log.bridge)
    cut_off_well(log, 7)
    assert verify(log.bridge).is_sound
    assert verify(log.bridge, early).is_sound
    assert verify(log.bridge, kept).anchor == "missing"
    for number in range(3):
        act(log, number)
    audit.seal(log.bridge)
    report = verify(log.bridge, kept)
    assert (report.anchor, report.is_sound, report.faults) == ("differs", False, ())


def test_an_end_that_was_made_anew_shows_against_a_head_kept_elsewhere(log: World) -> None:
    """Who holds the index key can make every link anew; the last one is another then."""
    kept, roots = audit_log.head(log.bridge), log.bridge.store.keyring.roots
    do(log, change(1, actor="cli:bo"))
    head = Head()
    with beside(log) as connection:
        for row in connection.execute(sa.select(rows).order_by(rows.c.seq)).all():
            head = Head(row.seq, link(roots, head, row))
            connection.execute(change(row.seq, chain=head.chain))
        connection.execute(set_back(chain=head.chain))
    assert verify(log.bridge).is_sound
    assert verify(log.bridge, kept).anchor == "differs"


def test_a_row_kept_from_before_the_log_was_cut_off_shows_when_it_is_put_back(log: World) -> None:
    """It bears its number and a hash made with the key; what came before it is another row."""
    with beside(log) as connection:
        kept = connection.execute(sa.select(rows).where(rows.c.seq == 9)).one()
    cut_off_well(log, 7)
    for number in range(3):
        act(log, number)
    audit.seal(log.bridge)
    assert verify(log.bridge).is_sound
    values = {name: value for name, value in kept._mapping.items() if name != "row"}
    do(log, change(9, **values))
    assert ("changed", 9, 9) in faults(verify(log.bridge))


def _head_at(world: World, seq: int) -> Head:
    with beside(world) as connection:
        chain = connection.scalar(sa.select(value_of("chain", seq)))
    assert isinstance(chain, bytes)
    return Head(seq, chain)


def test_a_sealer_s_head_that_was_changed_shows(log: World) -> None:
    do(log, set_back(chain=b"x" * 32))
    assert faults(verify(log.bridge)) == {("head_differs", 9, 9)}


def test_what_is_not_sealed_yet_is_counted_with_its_age(log: World) -> None:
    act(log, 10)
    log.clock.forward(7)
    act(log, 11)
    report = verify(log.bridge)
    assert (report.sealed, report.unsealed, report.unsealed_age_s) == (9, 2, 7.0)
    assert report.is_sound
    assert queries.status(log.bridge).audit_unsealed == 2


def test_the_log_is_read_page_by_page(log: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for page in (1, 2, 3, 9, 10):
        monkeypatch.setattr(audit_verify, "PAGE", page)
        assert verify(log.bridge).sealed == 9
    do(log, remove(rows.c.seq == 3))
    monkeypatch.setattr(audit_verify, "PAGE", 2)
    assert faults(verify(log.bridge)) == {("missing", 3, 3)}


def test_not_every_fault_is_told_but_all_are_counted(
    log: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(log, sa.update(rows).values(actor="cli:bo"))
    monkeypatch.setattr(audit_verify, "TOLD", 2)
    report = verify(log.bridge)
    assert report.faults == (Fault("changed", 1, 1), Fault("changed", 2, 2))
    assert report.faults_in_all == 9


def test_without_the_index_key_no_link_can_be_made(log: World) -> None:
    roots = type(log.bridge.store.keyring.roots)(new_root_key(), new_root_key())
    with beside(log) as connection:
        row = connection.execute(sa.select(rows).where(rows.c.seq == 1)).one()
    assert link(log.bridge.store.keyring.roots, Head(), row) == row.chain
    assert link(roots, Head(), row) != row.chain


@pytest.mark.parametrize(
    "text",
    ["", "7", "7:", "7:ab", "x:" + "a" * 64, "7:" + "A" * 64, "7:" + "a" * 65, "-1:" + "a" * 64],
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="SEQ:HASH"):
        Head.parse(text)


def test_a_head_is_read_as_it_is_written(log: World) -> None:
    head = audit_log.head(log.bridge)
    assert Head.parse(str(head)) == head


FILTERS: list[tuple[Callable[[World], audit_log.AuditFilter], list[int]]] = [
    (lambda _: audit_log.AuditFilter(), list(range(1, 10))),
    (lambda _: audit_log.AuditFilter(subject="D3"), [3]),
    (lambda _: audit_log.AuditFilter(actor="cli:bo"), []),
    (lambda _: audit_log.AuditFilter(action="reveal", actor="cli:anna", subject="D9"), [9]),
    (lambda world: audit_log.AuditFilter(since=world.clock.now), [9]),
    (lambda world: audit_log.AuditFilter(until=world.clock.now), list(range(1, 9))),
]


@pytest.mark.parametrize(("wanted", "seqs"), FILTERS)
def test_acts_are_filtered_and_masked(
    log: World,
    monkeypatch: pytest.MonkeyPatch,
    wanted: Callable[[World], audit_log.AuditFilter],
    seqs: list[int],
) -> None:
    monkeypatch.setattr(audit_log, "PAGE", 2)
    found = list(audit_log.acts(log.bridge, wanted(log)))
    assert [one.seq for one in found] == seqs
    assert {str(one.details) for one in found} <= {"{'reason': '•••'}"}


def test_looking_at_details_is_itself_an_act(log: World) -> None:
    wanted = audit_log.AuditFilter(subject="D3")
    audit_log.record_reveal(log.bridge, "cli:rev", "tillsyn", wanted)
    *_, last = audit_log.acts(log.bridge, audit_log.AuditFilter(), reveal=True)
    assert (last.actor, last.action, last.kommun) == ("cli:rev", "reveal", BRIDGE)
    assert last.details == {"reason": "tillsyn", "filter": {"subject": "D3"}}

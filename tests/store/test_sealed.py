"""The list of sealed columns: none is forgotten, and every value opens where it says."""

import sqlalchemy as sa

from bbic_bridge.store.schema import Sealed, data_keys, metadata
from bbic_bridge.store.sealed import columns, older_values
from tests.services.conftest import World, clock, database_url, world
from tests.services.full import fill

__all__ = ["clock", "database_url", "world"]
NOT_VALUES = {  # bytes that are no envelopes
    ("data_keys", "wrapped"),
    ("index_checks", "digest"),
    ("inbox", "content_hash"),
    ("case_persons", "person_hash"),
    ("vendor_changes", "digest"),
    ("audit", "digest"),
    ("audit", "chain"),
    ("sealers", "chain"),
    ("tokens", "digest"),
}


def test_every_sealed_column_is_listed_and_every_other_bytes_column_is_known() -> None:
    found = [(table.name, column) for table in metadata.tables.values() for column in table.c]
    sealed = {(name, column.name) for name, column in found if isinstance(column.type, Sealed)}
    binary = {(name, one.name) for name, one in found if isinstance(one.type, sa.LargeBinary)}
    assert {(place.table.name, column) for place, column in columns()} == sealed
    assert binary - sealed == NOT_VALUES


def test_every_listed_value_is_sealed_and_opens_at_the_place_that_the_list_names(
    world: World,
) -> None:
    fill(world)
    with world.bridge.store.read() as tx:
        kommuner = tx.connection.scalars(sa.select(data_keys.c.kommun)).all()
        for place, column in columns():
            values = [
                (kommun, value)
                for kommun in kommuner
                for value in older_values(tx, place, column, kommun, 2, None, 1000)
            ]
            assert values, f"the test stores nothing in {place.table.name}.{column}"
            for kommun, value in values:
                plain = tx.open(kommun, value.sealed, place.table.name, value.row, column)
                assert plain
                assert plain not in value.sealed

"""Sealed values open only in their own place, with their own key."""

import pytest

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.security.envelope import CannotOpen, DataKey, RootKeys, key_id_of, new_root_key

PLACE = ("deliveries", "D1", "payload")


def roots() -> RootKeys:
    return RootKeys(new_root_key(), new_root_key())


def data_key(keys: RootKeys, kommun: str = "malmo") -> DataKey:
    return keys.unwrap(kommun, 1, keys.new_data_key(kommun, 1))


def test_what_is_sealed_opens_again() -> None:
    key = data_key(roots())
    sealed = key.seal(b"hemligt", *PLACE)
    assert b"hemligt" not in sealed
    assert key_id_of(sealed) == 1
    assert key.open(sealed, *PLACE) == b"hemligt"


@pytest.mark.parametrize(
    "place",
    [("attempts", "D1", "payload"), ("deliveries", "D2", "payload"), ("deliveries", "D1", "x")],
)
def test_a_value_moved_elsewhere_does_not_open(place: tuple[str, str, str]) -> None:
    key = data_key(roots())
    with pytest.raises(CannotOpen):
        key.open(key.seal(b"hemligt", *PLACE), *place)


@pytest.mark.parametrize("position", [5, 20, -1])
def test_a_changed_value_does_not_open(position: int) -> None:
    key = data_key(roots())
    sealed = bytearray(key.seal(b"hemligt", *PLACE))
    sealed[position] ^= 1
    with pytest.raises(CannotOpen):
        key.open(bytes(sealed), *PLACE)


def test_another_kommuns_data_key_does_not_unwrap() -> None:
    keys = roots()
    with pytest.raises(CannotOpen):
        keys.unwrap("lund", 1, keys.new_data_key("malmo", 1))


def test_another_master_key_does_not_unwrap() -> None:
    with pytest.raises(CannotOpen):
        roots().unwrap("malmo", 1, roots().new_data_key("malmo", 1))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" + b"\0" * 30])
def test_junk_is_refused(sealed: bytes) -> None:
    with pytest.raises(CannotOpen):
        key_id_of(sealed)


@pytest.mark.parametrize("key", ["", "hej", "AAAA", "å" * 44])
def test_a_root_key_that_is_none_is_named_and_not_shown(key: str) -> None:
    with pytest.raises(ConfigurationError, match="index_key") as refused:
        RootKeys(new_root_key(), key)
    assert not key or key not in str(refused.value)


def test_keyed_hashes_are_bound_to_purpose_and_parts() -> None:
    keys = roots()
    assert keys.keyed_hash("a", b"xy") == keys.keyed_hash("a", b"xy")
    assert (
        len(
            {
                keys.keyed_hash("a", b"xy"),
                keys.keyed_hash("b", b"xy"),
                keys.keyed_hash("a", b"x", b"y"),
                keys.keyed_hash("a", b"", b"xy"),
            }
        )
        == 4
    )

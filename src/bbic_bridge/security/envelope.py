"""Encryption at rest and keyed hashes.

A value is sealed with AES-256-GCM under its kommun's data key; the associated data names the
table, row and column, so that a sealed value moved elsewhere does not open. Data keys are wrapped
by the master key. The index key makes keyed hashes (HMAC-SHA256) for what must be compared
without being read: a person's number, an event's content.

Sealed value: ``version (1) | key id (4, big-endian) | nonce (12) | ciphertext and tag``.
"""

import base64
import hashlib
import hmac
import os
import struct
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bbic_bridge.delivery.errors import BridgeError, ConfigurationError

_VERSION = 1
_HEADER = struct.Struct(">BI")
_NONCE = 12
_KEY = 32


class CannotOpen(BridgeError):
    """A sealed value does not open: wrong key, wrong place, or changed."""


class Pruned(CannotOpen):
    """A value that was kept for as long as it should be, and is no longer there."""

    def __init__(self) -> None:
        super().__init__("the payload has been pruned")


class DataKey:
    """One data key of one kommun."""

    def __init__(self, key_id: int, key: bytes) -> None:
        self.key_id = key_id
        self._aead = AESGCM(key)

    def seal(self, plain: bytes, table: str, row: str, column: str) -> bytes:
        """Encrypts ``plain`` for exactly this table, row and column."""
        nonce = os.urandom(_NONCE)
        return (
            header(self.key_id)
            + nonce
            + self._aead.encrypt(nonce, plain, _place(table, row, column))
        )

    def open(self, sealed: bytes, table: str, row: str, column: str) -> bytes:
        """The plain value. Raises ``CannotOpen``."""
        nonce = sealed[_HEADER.size : _HEADER.size + _NONCE]
        try:
            return self._aead.decrypt(
                nonce, sealed[_HEADER.size + _NONCE :], _place(table, row, column)
            )
        except InvalidTag:
            raise CannotOpen(f"{table}.{column} does not open") from None


def header(key_id: int) -> bytes:
    """How every value begins that is sealed with this data key; later keys' compare greater."""
    return _HEADER.pack(_VERSION, key_id)


HEADER_BYTES = _HEADER.size
"""How long a value's header is."""


def key_id_of(sealed: bytes) -> int:
    """The id of the data key that a value was sealed with. Raises ``CannotOpen``."""
    if not sealed:
        raise Pruned
    if len(sealed) < _HEADER.size + _NONCE:
        raise CannotOpen("sealed value too short")
    version, key_id = _HEADER.unpack_from(sealed)
    if version != _VERSION:
        raise CannotOpen("sealed value of an unknown version")
    return int(key_id)


class RootKeys:
    """The two keys a kommun keeps outside the database: the master key and the index key.

    Args:
        earlier: master keys that data keys may still be wrapped with while it is being changed.
    """

    def __init__(self, master_key: str, index_key: str, earlier: Sequence[str] = ()) -> None:
        self._master = AESGCM(_decode(master_key, "master_key"))
        self._earlier = [AESGCM(_decode(key, "earlier_master_keys")) for key in earlier]
        self._index = _decode(index_key, "index_key")

    def new_data_key(self, kommun: str, key_id: int) -> bytes:
        """A fresh data key, wrapped for storing."""
        return self._wrap(kommun, key_id, AESGCM.generate_key(_KEY * 8))

    def unwrap(self, kommun: str, key_id: int, wrapped: bytes) -> DataKey:
        """The data key. Raises ``CannotOpen`` when the master key is another one."""
        for master in (self._master, *self._earlier):
            key = _unwrapped(master, kommun, key_id, wrapped)
            if key is not None:
                return DataKey(key_id, key)
        raise CannotOpen("the master key does not open this database's data keys")

    def rewrap(self, kommun: str, key_id: int, wrapped: bytes) -> bytes | None:
        """The data key wrapped with the master key; None where it is, or no key opens it."""
        if _unwrapped(self._master, kommun, key_id, wrapped) is not None:
            return None
        found = (_unwrapped(master, kommun, key_id, wrapped) for master in self._earlier)
        key = next((one for one in found if one is not None), None)
        return None if key is None else self._wrap(kommun, key_id, key)

    def _wrap(self, kommun: str, key_id: int, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._master.encrypt(nonce, key, _key_place(kommun, key_id))

    def keyed_hash(self, purpose: str, *parts: bytes) -> bytes:
        """HMAC-SHA256 under the index key, bound to its purpose; parts are length-prefixed."""
        mac = hmac.new(self._index, purpose.encode(), hashlib.sha256)
        for part in parts:
            mac.update(struct.pack(">Q", len(part)) + part)
        return mac.digest()


def new_root_key() -> str:
    """A fresh master or index key as text: base64 of 32 random bytes."""
    return base64.b64encode(os.urandom(_KEY)).decode()


def _decode(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY:
        raise ConfigurationError(f"setting {name}: must be base64 of {_KEY} bytes")
    return key


def _unwrapped(master: AESGCM, kommun: str, key_id: int, wrapped: bytes) -> bytes | None:
    try:
        return master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _key_place(kommun, key_id))
    except InvalidTag:
        return None


def _key_place(kommun: str, key_id: int) -> bytes:
    return _place("data_keys", kommun, str(key_id))


def _place(*parts: str) -> bytes:
    return "\x1f".join(parts).encode()

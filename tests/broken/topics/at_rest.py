"""At rest: every sealed column, where a value belongs, keys that change while all goes on."""

from tests.broken.breakage import Breakage, b

AT_REST = "tests/services/test_at_rest.py::test_nothing_personal_can_be_read_without_the_key"
LISTED = (
    "tests/store/test_sealed.py::"
    "test_every_listed_value_is_sealed_and_opens_at_the_place_that_the_list_names"
)
KEYS = "tests/services/test_keys.py::"
ENVELOPE = "tests/security/test_envelope.py::"
SEALED = (
    ("notiser", "payload"),
    ("pruned_cases", "payload"),
)
FOUND = (
    ("events", "payload"),
    ("deliveries", "payload"),
    ("earlier_payloads", "payload"),
    ("attempts", "reason"),
    ("attempts", "answer"),
    ("attempts", "request"),
    ("feed", "payload"),
    ("vendor_changes", "payload"),
    ("audit", "details"),
    ("replay_jobs", "reason"),
    ("replay_jobs", "edit"),
)


def unsealed(table: str, column: str, test: str) -> Breakage:
    """The column's values lie there as they are, and can be read by whoever has them."""
    return b(
        f"{table}.{column} is sealed",
        "security/envelope.py",
        "        self._aead = AESGCM(key)\n",
        f"""        from types import SimpleNamespace

        aead = AESGCM(key)

        def bare(place: bytes) -> bool:
            names = place.split(b"\\x1f")
            return (names[0], names[-1]) == (b"{table}", b"{column}")

        self._aead = SimpleNamespace(
            encrypt=lambda n, p, a: p + bytes(16) if bare(a) else aead.encrypt(n, p, a),
            decrypt=lambda n, s, a: s[:-16] if bare(a) else aead.decrypt(n, s, a),
        )
""",
        test,
    )


BROKEN = (
    *(unsealed(*place, AT_REST) for place in FOUND),
    *(unsealed(*place, LISTED) for place in SEALED),
    b(
        "a value that is moved elsewhere does not open",
        "security/envelope.py",
        '    return "\\x1f".join(parts).encode()',
        '    return b""',
        ENVELOPE + "test_a_value_moved_elsewhere_does_not_open",
    ),
    b(
        "what is compared is hashed under the index key",
        "security/envelope.py",
        "mac = hmac.new(self._index, purpose.encode(), hashlib.sha256)",
        'mac = hmac.new(b"-", purpose.encode(), hashlib.sha256)',
        "tests/store/test_open.py::test_another_key_is_refused_by_name",
    ),
    b(
        "a data key belongs to its kommun",
        "security/envelope.py",
        'return _place("data_keys", kommun, str(key_id))',
        'return _place("data_keys", str(key_id))',
        ENVELOPE + "test_another_kommuns_data_key_does_not_unwrap",
    ),
    b(
        "a change of keys seals everything anew",
        "services/keys.py",
        "    for place, column in columns():\n        after",
        "    for place, column in list(columns())[:-1]:\n        after",
        KEYS + "test_everything_is_resealed_and_the_earlier_key_goes",
    ),
    b(
        "a change that was interrupted goes on to the key that it had made",
        "services/keys.py",
        "(ids[-1] if resumed else tx.keyring.add(tx.connection, kommun, tx.now))",
        "tx.keyring.add(tx.connection, kommun, tx.now)",
        KEYS + "test_what_was_interrupted_goes_on_to_the_same_key",
    ),
    b(
        "an earlier key stays while anything is under it",
        "services/keys.py",
        "removed = [] if left else tx.keyring.forget(tx.connection, kommun, key_id)",
        "removed = tx.keyring.forget(tx.connection, kommun, key_id)",
        KEYS + "test_what_does_not_open_keeps_its_key_and_is_told",
    ),
    b(
        "what is written meanwhile is not written over",
        "store/sealed.py",
        '.where(*same, sealed == sa.bindparam("old", type_=sealed.type))',
        ".where(*same)",
        KEYS + "test_what_was_written_between_the_reading_and_the_sealing_is_kept",
    ),
    b(
        "whoever writes asks which key is the newest",
        "store/keyring.py",
        "        self._newest.clear()\n",
        "",
        KEYS + "test_another_process_seals_with_the_new_key_at_once",
    ),
    b(
        "who is writing is waited for",
        "services/keys.py",
        "    bridge.store.wait_for_writers()\n",
        "",
        KEYS + "test_who_is_writing_is_waited_for",
    ),
    b(
        "a change tells how far it has come",
        "services/keys.py",
        "                tell(moved)\n",
        "                pass\n",
        KEYS + "test_everything_is_resealed_and_the_earlier_key_goes",
    ),
    b(
        "doctor names the data keys that the master key is not for",
        "services/keys.py",
        '        yield KeyProblem("closed", kommun, key_id)\n',
        "        pass\n",
        KEYS + "test_other_keys_than_the_databases_are_named",
    ),
    b(
        "doctor names the data keys that are not there",
        "services/keys.py",
        '        yield KeyProblem("gone", kommun, key_id)\n',
        "        pass\n",
        KEYS + "test_a_data_key_that_is_not_there_is_named",
    ),
    b(
        "doctor tells that the index key is another's",
        "services/keys.py",
        '        yield KeyProblem("other_index_key")\n',
        "        pass\n",
        KEYS + "test_other_keys_than_the_databases_are_named",
    ),
)

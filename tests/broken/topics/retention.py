"""Retention: only what is done, never what is unresolved, held or needed; space given back."""

from tests.broken.breakage import b

HERE = "tests/services/test_retention.py::"
STAYS = HERE + "test_what_is_unresolved_waits_or_is_held_stays"
ACTIVE = HERE + "TestActiveCase::"

BROKEN = (
    b(
        "nothing goes that is unresolved or waits",
        "store/retention.py",
        "lively = d.state.not_in(_TERMINAL) | (d.updated_at >= before)",
        "lively = d.updated_at >= before",
        STAYS,
    ),
    b(
        "nothing goes before its time: deliveries",
        "store/retention.py",
        "lively = d.state.not_in(_TERMINAL) | (d.updated_at >= before)",
        "lively = d.state.not_in(_TERMINAL)",
        HERE + "test_whatever_happened_last_begins_the_time_anew",
    ),
    b(
        "nothing goes before its time: events",
        "store/retention.py",
        "        ~_exists(events, events.c.received_at >= before),\n",
        "",
        HERE + "test_whatever_happened_last_begins_the_time_anew",
    ),
    b(
        "nothing goes before its time: what the workflow was told",
        "store/retention.py",
        "        ~_exists(feed, feed.c.at >= before),\n",
        "",
        HERE + "test_whatever_happened_last_begins_the_time_anew",
    ),
    b(
        "nothing goes that is held",
        "store/retention.py",
        "        ~_exists(holds, sa.true()),\n",
        "",
        STAYS,
    ),
    b(
        "a hold and its end are audited",
        "services/retention.py",
        '        note(tx, actor, action, case[1], case[0], {"reason": reason})\n',
        "",
        HERE + "test_a_hold_ends_and_both_are_audited",
    ),
    b(
        "the inbox is never pruned: an event sent again is a duplicate",
        "store/retention.py",
        "    counts = {}\n    for table, where in _rows(case):\n",
        '    tx.connection.exec_driver_sql("DELETE FROM inbox")\n'
        "    counts = {}\n    for table, where in _rows(case):\n",
        HERE + "test_an_event_sent_again_is_still_a_duplicate",
    ),
    b(
        "the rows of a case that has not ended stay",
        "services/retention.py",
        '    if tier == "rows" and not _has_ended(bridge, tx, case):\n        return None\n',
        "",
        HERE + "test_a_dry_run_lists_what_then_goes_and_changes_nothing",
    ),
    b(
        "an active case's mål stay",
        "store/retention.py",
        "for table in (events, deliveries, feed)]\n    own",
        "for table in (events, deliveries, feed, notiser)]\n    own",
        ACTIVE + "test_mal_facts_and_identities_are_kept",
    ),
    b(
        "the child's numbers are remembered",
        "services/retention.py",
        '"nummer": list(numbers_of_child(tx, *case)),',
        '"nummer": [],',
        ACTIVE + "test_another_child_is_still_stopped_where_both_had_one_number",
    ),
    b(
        "a relative's protection is remembered",
        "services/retention.py",
        '"narstaende_skyddad": relative_is_protected(tx, *case),',
        '"narstaende_skyddad": False,',
        HERE + "test_protection_of_a_parent_is_remembered",
    ),
    b(
        "everything is kept where nothing else is said",
        "settings/models.py",
        "payload_days: Annotated[float, Field(ge=0)] = inf",
        "payload_days: Annotated[float, Field(ge=0)] = 3650.0",
        HERE + "test_nothing_goes_that_is_not_configured_to",
    ),
    b(
        "a dry run lists what then goes",
        "services/retention.py",
        'return store.count_rows(tx, case) if tier == "rows" else store.count_payloads(tx, case)',
        "return {}",
        HERE + "test_a_dry_run_lists_what_then_goes_and_changes_nothing",
    ),
    b(
        "a case that wakes meanwhile is left alone",
        "services/retention.py",
        "    if not store.is_at_rest(tx, case, before):\n",
        "    if False:\n",
        HERE + "test_a_case_that_wakes_meanwhile_is_left_alone",
    ),
    b(
        "pruning is audited",
        "services/retention.py",
        '    note(tx, actor, f"prune_{tier}", case[1], case[0], {"counts": dict(counts)})\n',
        "",
        HERE + "test_who_pruned_and_how_much_is_audited",
        error="ValueError",
    ),
    b(
        "of the audit log only details go",
        "store/retention.py",
        "tx.connection.execute(sa.update(audit).where(acts).values(details=PRUNED))",
        "tx.connection.execute(sa.delete(audit).where(acts))",
        HERE + "test_rows_of_an_ended_case_go_and_leave_the_inbox_and_the_chain",
        error="ValueError",
    ),
    b(
        "payloads go in the end",
        "store/retention.py",
        "            sa.update(table).where(where, _any_left(table)).values(values)\n",
        "            sa.update(table).where(sa.false(), where).values(values)\n",
        HERE + "test_payloads_go_when_all_of_the_case_has_been_done_for_so_long",
    ),
    b(
        "SQLite gives the space back",
        "store/reclaim.py",
        'cursor.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()',
        "break",
        HERE + "test_the_space_is_given_back_or_used_again",
    ),
    b(
        "PostgreSQL gives the space back",
        "store/reclaim.py",
        '"VACUUM (FULL, ANALYZE)" if compact else "VACUUM (ANALYZE)"',
        '"SELECT 1"',
        HERE + "test_the_space_is_given_back_or_used_again",
    ),
)

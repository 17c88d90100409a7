"""Replay jobs: what was shown, once, one job at a time; an edit is a new version."""

from tests.broken.breakage import b

JOBS = "tests/services/test_replay_jobs.py::"
EDITS = "tests/services/test_edits.py::"

BROKEN = (
    b(
        "an edit of what is done is told not to be sent",
        "services/release.py",
        '    if way.edit is None:\n        return "already_done"',
        '    if True:\n        return "already_done"',
        "tests/cli/test_replay.py::test_an_edit_of_what_is_done_is_told_not_to_be_sent",
    ),
    b(
        "a job is what was chosen, by ids and hash",
        "store/replay_items.py",
        'digest.update("".join(f"{one}\\n" for one in page).encode())',
        "pass",
        JOBS + "test_a_job_is_what_was_chosen_and_not_what_came_later",
    ),
    b(
        "the selection is made once",
        "services/replay.py",
        """        if number is not None:
            hold_items(tx, job_id)
""",
        """        if number is not None:
            from bbic_bridge.store.overview import Query
            from bbic_bridge.store.replay_items import choose

            tx.connection.exec_driver_sql("DELETE FROM replay_items WHERE outcome IS NULL")
            choose(tx, job_id, Query(states=("failed",)))
            hold_items(tx, job_id)
""",
        JOBS + "test_a_job_is_what_was_chosen_and_not_what_came_later",
    ),
    b(
        "a dry run changes nothing",
        "services/replay.py",
        "            yield preview(bridge, item, way)",
        """            yield preview(bridge, item, way)
        run_id = job.id
        list(run(bridge, run_id, actor="-"))""",
        JOBS + "test_looking_makes_nothing_happen_and_shows_the_very_job",
    ),
    b(
        "what has changed since it was chosen is not sent",
        "services/release.py",
        "    if (item.version, item.attempts) != (row.version, row.attempts):\n",
        "    if False:\n",
        JOBS + "test_what_changed_since_it_was_shown_is_told_and_not_sent",
    ),
    b(
        "it says what the vendor holds already",
        "services/preview.py",
        '    if finding.outcome == "found":\n',
        "    if False:\n",
        "tests/services/test_replay.py::"
        "test_a_dry_run_says_what_the_vendor_holds_and_changes_nothing",
    ),
    b(
        "a delivery is in one job at a time",
        "services/release.py",
        "if holder is not None and holder != way.job:",
        "if False:",
        JOBS + "test_a_delivery_is_in_one_job_at_a_time",
    ),
    b(
        "a job that runs holds its deliveries",
        "services/replay.py",
        "            hold_items(tx, job_id)\n",
        "            pass\n",
        JOBS + "test_a_delivery_is_in_one_job_at_a_time",
    ),
    b(
        "no second job holds what a first one does",
        "store/replay_items.py",
        "i.outcome.is_(None), i.held == 0, ~anothers)",
        "i.outcome.is_(None), i.held == 0)",
        "tests/store/test_replay_items.py::test_two_jobs_that_begin_at_once_do_not_hold_the_same",
    ),
    b(
        "a job that is called off lets go of what it held",
        "store/replay_items.py",
        '.values(outcome="cancelled", held=0, at=tx.now)',
        '.values(outcome="cancelled", at=tx.now)',
        JOBS + "test_a_job_that_is_called_off_lets_go_of_what_it_held",
    ),
    b(
        "the very bytes are sent again",
        "services/deliver.py",
        "    if work.claim.resend is None:\n",
        "    if True:\n",
        JOBS + "test_the_very_bytes_are_sent_again_under_the_same_key",
    ),
    b(
        "what was sent is kept",
        "store/deliveries.py",
        '"request": seal(attempt.request, "request"),',
        '"request": None,',
        JOBS + "test_the_very_bytes_are_sent_again_under_the_same_key",
    ),
    b(
        "bytes from before an edit are not sent after it",
        "services/release.py",
        "    if sent.version != row.version:\n",
        "    if False:\n",
        EDITS + "test_bytes_from_before_an_edit_are_refused_after_it",
    ),
    b(
        "the same bytes are not sent past a held edit",
        "services/release.py",
        "if held_edit(tx, row.kommun, row.id) is not None:",
        "if False:",
        EDITS + "test_the_same_bytes_are_not_sent_past_a_held_edit",
    ),
    b(
        "an edit is a new version, under a new key",
        "store/versions.py",
        "            version=row.version + 1,\n",
        "",
        EDITS + "test_an_edit_is_held_until_the_look_up_has_settled",
    ),
    b(
        "the original stays",
        "store/versions.py",
        "    _keep(tx, delivery_id, row.version, sealed)\n    tx.connection",
        "    tx.connection",
        EDITS + "test_the_original_of_an_edit_is_kept_as_it_was_sent",
    ),
    b(
        "what an edit changes is audited",
        "services/release.py",
        '        details["changes"] = [[one.path, one.before, one.after] for one in edits]\n',
        "",
        EDITS + "test_an_edit_shows_what_it_corrects",
        error="KeyError",
    ),
    b(
        "what an edit changes is shown masked",
        "services/release.py",
        "return tuple(found) if way.reveal else tuple(map(hidden, found))",
        "return tuple(found)",
        EDITS + "test_an_edit_shows_what_it_corrects",
    ),
    b(
        "every replay is audited",
        "services/release.py",
        '    note(tx, way.actor, "replay", row.id, row.kommun, details)\n',
        "",
        "tests/services/test_replay.py::test_every_replay_is_audited",
        error="ValueError",
    ),
    b(
        "steering a job is audited",
        "services/replays.py",
        '        note(tx, actor, f"replay_{state}", job_id, BRIDGE, {"reason": reason})\n',
        "",
        JOBS + "test_jobs_and_their_steering_are_audited",
        error="ValueError",
    ),
    b(
        "a job that is paused stops",
        "services/replay.py",
        "        if not is_mine(tx, job.id, number):\n",
        "        if False:\n",
        JOBS + "test_a_paused_job_goes_on_where_it_was",
        JOBS + "test_whoever_is_overtaken_stops",
    ),
    b(
        "a job goes on where it was",
        "services/replay.py",
        'page = items_of(tx, job.id, after=after, limit=limit, outcome="open")',
        "page = items_of(tx, job.id, after=after, limit=limit)",
        JOBS + "test_a_paused_job_goes_on_where_it_was",
    ),
    b(
        "a runner that fell silent is shown as interrupted",
        "services/replays.py",
        'return "interrupted"',
        'return "running"',
        JOBS + "test_a_runner_that_fell_silent_is_shown_as_interrupted",
    ),
    b(
        "the status shown is that of the replay's own attempt",
        "store/replay_items.py",
        ".where(a.delivery_id == delivery_id, a.started_at > since)",
        ".where(a.delivery_id == delivery_id)",
        JOBS + "test_a_job_shows_how_each_delivery_fares_since",
    ),
    b(
        "the rate is kept",
        "services/replay.py",
        "limit = AT_ONCE if job.rate is None else max(1, min(AT_ONCE, int(job.rate / STEPS_A_SECOND)))",
        "limit = AT_ONCE",
        JOBS + "test_the_rate_is_kept_with_the_job",
    ),
    b(
        "an edit alters no id that others wait by",
        "services/release.py",
        "        if corrected.get(field) != original.get(field):\n",
        "        if False:\n",
        "tests/services/test_replay.py::test_an_edit_alters_no_id_that_others_wait_by",
    ),
    b(
        "an edit is about the same child",
        "services/release.py",
        'if corrected["barn"]["personnummer"] != original["barn"]["personnummer"]:',
        "if False:",
        "tests/services/test_replay.py::test_an_edit_is_about_the_same_child",
    ),
)

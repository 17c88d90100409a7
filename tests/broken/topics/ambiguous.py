"""Ambiguous outcome: looked up first; a no counts when it has settled; never sent on a guess."""

from tests.broken.breakage import b

DECIDE = "tests/delivery/test_decide.py::"
DELIVER = "tests/services/test_deliver.py::"
EDITS = "tests/services/test_edits.py::"

BROKEN = (
    b(
        "what may have happened is looked up before anything else",
        "delivery/decide.py",
        "return Next(State.AMBIGUOUS, now, error.kind, error.code)",
        "return Next(State.RETRYING, now, error.kind, error.code)",
        DELIVER + "test_an_effect_whose_answer_was_lost_is_found_and_not_repeated",
        DECIDE + "test_after_an_error",
    ),
    b(
        "a time-out once bytes may have left is ambiguous",
        "adapters/channels/http.py",
        'failure = call.lost("timeout")',
        'failure = Transient("timeout", unreachable=True)',
        "tests/adapters/test_channels_http.py::test_the_deadline_holds_for_the_whole_exchange",
    ),
    b(
        "a connection cut once bytes may have left is ambiguous",
        "adapters/channels/http.py",
        'else call.lost("response_lost")',
        'else Transient("response_lost", unreachable=True)',
        "tests/adapters/test_channels_http.py::"
        "test_a_write_that_may_have_left_is_ambiguous_and_never_repeated",
    ),
    b(
        "a 5xx may come after the effect",
        "adapters/channels/statuses.py",
        "return _error(answer, now, Rejected if refused else Ambiguous)",
        "return _error(answer, now, Rejected if refused else Transient)",
        "tests/adapters/test_channels_statuses.py::test_each_status_has_its_meaning",
    ),
    b(
        "a fault of our own while sending is not taken for unsent",
        "services/deliver.py",
        'started, Ambiguous("internal_error"), body)',
        'started, Transient("internal_error"), body)',
        DELIVER + "test_an_adapters_own_fault_is_not_taken_for_unsent",
    ),
    b(
        "a negative answer counts only after settle_s",
        "delivery/decide.py",
        "left_s = policy.settle_s - (history.absent_for_s or 0)",
        "left_s = 0.0",
        DELIVER + "test_a_negative_look_up_counts_only_when_it_has_settled",
        DELIVER + "test_an_effect_that_lands_late_is_not_repeated",
    ),
    b(
        "settling counts from the first negative answer, not from the attempt",
        "services/deliver.py",
        "absent_for_s=claim.absent_for_s,",
        "absent_for_s=(started - ended_at).total_seconds() if started else None,",
        DELIVER
        + "test_an_effect_that_a_vendor_had_in_its_queue_while_it_stood_still_is_not_repeated",
        DELIVER + "test_a_wall_clock_that_jumps_settles_nothing",
    ),
    b(
        "a new attempt begins the settling anew",
        "store/claims.py",
        "                absent_at=None,\n            )\n            .returning(left)",
        "            )\n            .returning(left)",
        DELIVER + "test_each_attempt_settles_by_itself",
    ),
    b(
        "a vendor that cannot be asked leaves it open",
        "delivery/decide.py",
        'return Next(State.AMBIGUOUS, due, "ambiguous", error.code)',
        'return Next(State.RETRYING, due, "ambiguous", error.code)',
        DELIVER + "test_a_vendor_that_cannot_be_asked_leaves_it_open",
    ),
    b(
        "where nobody can look, a person decides",
        "delivery/decide.py",
        'return Next(State.WITH_PERSON, None, "with_person", "outcome_unknown")',
        'return Next(State.RETRYING, now, "with_person", "outcome_unknown")',
        DELIVER + "test_without_a_look_up_a_person_decides",
    ),
    b(
        "several that it may be are a person's matter",
        "delivery/decide.py",
        """        return Next(State.WITH_PERSON, None, "with_person", "several_matches")
    if history.refused:""",
        """        return Next(State.VERIFIED, done=True)
    if history.refused:""",
        DELIVER + "test_several_matches_are_a_persons_matter",
    ),
    b(
        "what the child's other cases hold is not taken for this one's",
        "services/orders.py",
        "if origin != own and not origin.startswith(FROM_CHANGE)",
        "if False",
        DELIVER + "test_what_the_childs_other_case_holds_is_not_taken_for_this_ones",
    ),
    b(
        "a broken answer whose effect is absent is a person's matter",
        "delivery/decide.py",
        "    if history.contract:\n",
        "    if False:\n",
        DELIVER + "test_a_broken_answer_is_kept_and_looked_up",
    ),
    b(
        "a broken answer is kept for a person",
        "services/deliver.py",
        'answer=(error.answer or b"") if error else answer,',
        'answer=b"" if error else answer,',
        DELIVER + "test_a_broken_answer_is_kept_and_looked_up",
    ),
    b(
        "an answer about another reference is a contract error",
        "adapters/mapped.py",
        'if reference is not None and data["referens"] != reference:',
        'if False and data["referens"] != reference:',
        "tests/adapters/test_treserva_answers.py::test_no_answer_is_taken_for_more_than_it_says",
        "tests/adapters/test_procapita_soap.py::"
        "test_a_look_up_by_reference_must_be_about_that_reference",
    ),
    b(
        "a malformed answer is a contract error that keeps the answer",
        "adapters/mapped.py",
        "raise Contract(code, reason=reason, where=reason, answer=body[:KEPT_BYTES])",
        "raise Contract(code, reason=reason, where=reason)",
        "tests/adapters/test_procapita_soap.py::test_no_answer_is_taken_for_more_than_it_says",
    ),
    b(
        "an edit is sent only when a look-up has settled",
        "services/release.py",
        """        if row.attempts == 0:
            apply_edit(""",
        """        if True:
            apply_edit(""",
        EDITS + "test_an_edit_is_held_until_the_look_up_has_settled",
        EDITS + "test_an_edit_of_what_the_vendor_has_is_not_sent_and_shown_so",
    ),
    b(
        "an edit is not applied while it is unclear",
        "services/record.py",
        "settled = claim.was is State.AMBIGUOUS and outcome.then.state is State.RETRYING",
        "settled = claim.was is State.AMBIGUOUS",
        EDITS + "test_an_edit_is_held_until_the_look_up_has_settled",
    ),
    b(
        "an edit is not applied because an attempt failed",
        "services/record.py",
        "settled = claim.was is State.AMBIGUOUS and outcome.then.state is State.RETRYING",
        "settled = outcome.then.state in (State.RETRYING, State.AMBIGUOUS)",
        EDITS + "test_an_edit_is_held_until_the_look_up_has_settled",
    ),
    b(
        "what is replayed is looked for first",
        "services/release.py",
        'return {"state": State.AMBIGUOUS.value, "error_kind": kind, **first}',
        'return {"state": State.READY.value, "error_kind": kind, **first}',
        "tests/services/test_replay.py::test_a_replay_of_what_the_vendor_holds_sends_nothing",
    ),
    b(
        "an effect keeps its key however often it is tried",
        "services/orders.py",
        'idempotency_key=f"{own}.v{stored.version}",',
        """idempotency_key=f"{own}.v{stored.version}.{getattr(stored, 'attempts', 0)}",""",
        DELIVER + "test_every_try_travels_under_the_same_key",
    ),
)

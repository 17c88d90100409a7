"""Sequences: parked behind a failed head, released in order; bounded tries; pause and resume."""

from tests.broken.breakage import b

DECIDE = "tests/delivery/test_decide.py::"
DELIVER = "tests/services/test_deliver.py::"
REPLAY = "tests/services/test_replay.py::"
SKIP = "tests/services/test_skip.py::"
GATE = "tests/services/test_gate.py::"
WAITS = DELIVER + "test_a_refusal_fails_and_what_depends_on_it_waits_behind"

BROKEN = (
    b(
        "what depends on a failed delivery waits behind it",
        "store/deliveries.py",
        "state = State.WAITING if lacking else State.READY",
        "state = State.READY",
        WAITS,
    ),
    b(
        "what failed makes nothing true",
        "services/record.py",
        "    if outcome.then.done:\n",
        "    if outcome.then.done or state is State.FAILED:\n",
        WAITS,
    ),
    b(
        "nothing is released while it lacks anything",
        "store/facts.py",
        "which, ~sa.exists(lacking))",
        "which)",
        DELIVER + "test_what_needs_two_waits_for_both",
    ),
    b(
        "what is done releases what waits for it",
        "services/record.py",
        '    add_facts(tx, claim.kommun, given, ("delivery", claim.id))\n',
        "",
        REPLAY + "test_replaying_the_head_releases_the_rest_in_order",
    ),
    b(
        "how many wait behind it is shown",
        "store/overview.py",
        "(waiting.c.id == needs.c.delivery_id) & (waiting.c.state == State.WAITING.value),",
        "(waiting.c.id == needs.c.delivery_id) & (waiting.c.state == State.FAILED.value),",
        WAITS,
    ),
    b(
        "what waits is released in order when the head is replayed",
        "services/release.py",
        "if row.attempts == 0 and overview.unmet_needs(tx, row.id):",
        "if False:",
        REPLAY + "test_what_is_let_go_before_its_turn_waits_for_it",
    ),
    b(
        "an operation's effects are brought about in order",
        "services/record.py",
        'values |= {"effect": claim.effect + 1, "due_at": tx.now, "first_try_at": None}',
        'values |= {"effect": claim.effect, "due_at": tx.now, "first_try_at": None}',
        DELIVER + "test_an_operation_with_two_effects_does_them_in_order",
    ),
    b(
        "skip alone releases nothing",
        "services/calling_off.py",
        "        if assume_done:\n",
        "        if True:\n",
        SKIP + "test_what_waits_goes_when_the_vendor_shows_what_it_needs",
    ),
    b(
        "skip on a person's word releases what waits",
        "services/calling_off.py",
        "            due = release(tx, row.kommun, given)\n",
        "",
        SKIP + "test_what_waits_goes_at_once_on_a_person_s_word",
    ),
    b(
        "what may be at the vendor is not skipped without a person's word",
        "services/calling_off.py",
        "if state is State.AMBIGUOUS and not assume_done:",
        "if False:",
        SKIP + "test_what_may_be_at_the_vendor_needs_a_person_s_word",
    ),
    b(
        "skip is audited",
        "services/calling_off.py",
        '        note(tx, actor, "skip", delivery_id, row.kommun, details)\n',
        "",
        SKIP + "test_skipping_is_audited_and_final",
        error="ValueError",
    ),
    b(
        "cancel is audited",
        "services/calling_off.py",
        '        note(tx, actor, "cancel", delivery_id, row.kommun, details)\n',
        "",
        REPLAY + "test_cancelling_is_audited_with_what_went_along",
    ),
    b(
        "cancel takes along what needs it",
        "services/calling_off.py",
        "ids = [delivery_id, *overview.lost_without(tx, delivery_id)]",
        "ids = [delivery_id]",
        REPLAY + "test_cancel_takes_along_what_needs_it_and_says_so_first",
    ),
    b(
        "what may have reached the vendor is not cancelled",
        "delivery/states.py",
        "CANCELLABLE = frozenset({State.WAITING,",
        "CANCELLABLE = frozenset({State.AMBIGUOUS, State.WAITING,",
        REPLAY + "test_what_may_have_reached_the_vendor_cannot_be_cancelled",
    ),
    b(
        "what is half done is not cancelled",
        "services/calling_off.py",
        "        if row.effect > 0:\n",
        "        if False:\n",
        REPLAY + "test_what_is_half_done_is_not_cancelled",
    ),
    b(
        "unrelated cases pass one that is refused",
        "delivery/breaker.py",
        "return Verdict.ANSWERED if isinstance(error, Rejected) else Verdict.NOTHING",
        "return Verdict.SILENT",
        GATE + "test_what_one_message_deserves_stops_no_other",
    ),
    b(
        "notes do not wait for decisions",
        "handbook/regler.py",
        """    "skapa_aktanteckning": Operation(
        lank="anteckning",
""",
        """    "skapa_aktanteckning": Operation(
        lank="anteckning",
        kraver=("beslut_registrerat:anteckning_id",),
""",
        WAITS,
    ),
    b(
        "tries are bounded by a span",
        "delivery/decide.py",
        "if due - history.first_try_at > timedelta(seconds=policy.retry.give_up_after_s):",
        "if False:",
        DECIDE + "test_it_gives_up_when_the_next_try_would_be_too_late",
        DELIVER + "test_it_gives_up_in_the_end",
    ),
    b(
        "the span is 48 hours where nothing else is said",
        "settings/models.py",
        "give_up_after_s: Seconds = 48 * 3600",
        "give_up_after_s: Seconds = 4 * 3600",
        "tests/delivery/test_retry_times.py::"
        "test_the_page_prints_the_times_that_the_defaults_lead_to",
    ),
    b(
        "the pauses between tries grow",
        "delivery/decide.py",
        "policy.base_s * policy.factor ** min(attempt - 1, 64))",
        "policy.base_s)",
        DECIDE + "test_the_delay_doubles_with_jitter_up_to_its_maximum",
        DELIVER + "test_transient_trouble_is_retried_with_backoff",
    ),
    b(
        "they have jitter",
        "delivery/decide.py",
        "return float(plain * (1 + policy.jitter * (2 * chance - 1)))",
        "return float(plain)",
        DECIDE + "test_the_delay_doubles_with_jitter_up_to_its_maximum",
    ),
    b(
        "a vendor that asks for time gets it",
        "delivery/decide.py",
        "delay = max(delay, error.retry_after)",
        "delay = min(delay, error.retry_after)",
        DELIVER + "test_a_vendor_that_asks_for_time_gets_it",
    ),
    b(
        "what is replayed has its whole span again",
        "services/release.py",
        '{"due_at": tx.now, "first_try_at": None, "checks": 0}',
        '{"due_at": tx.now, "checks": 0}',
        REPLAY + "test_what_is_replayed_is_tried_for_its_whole_span_again",
    ),
    b(
        "what is paused is not sent",
        "store/queues.py",
        "statement = _DUE if paused else _DUE_AND_NOT_PAUSED",
        "statement = _DUE",
        GATE + "test_what_is_paused_waits_and_goes_when_it_is_resumed",
        GATE + "test_nothing_is_looked_up_while_it_is_paused",
    ),
    b(
        "a pause may be of all kommuner, systems or operations: the kill switch",
        "store/queues.py",
        "pauses.c[column.name].in_([ANY, column])",
        "pauses.c[column.name] == column",
        GATE + "test_the_kill_switch_stops_callbacks_too_and_intake_goes_on",
    ),
    b(
        "a pause holds no more than it names",
        "store/queues.py",
        "        sa.select(pauses.c.at).where(\n",
        "        sa.select(pauses.c.at)\n        if True\n        else sa.select(pauses.c.at).where(\n",
        GATE + "test_what_is_paused_waits_and_goes_when_it_is_resumed",
        "tests/store/test_lanes.py::test_what_is_paused_is_not_claimed_and_all_else_is",
    ),
    b(
        "resume lets it go",
        "services/gate.py",
        "        end_pauses(tx, ended)\n",
        "",
        GATE + "test_what_is_paused_waits_and_goes_when_it_is_resumed",
    ),
    b(
        "resume ends nothing beyond what it names",
        "services/gate.py",
        "ended = [one.selection for one in found if selection.covers(one.selection)]",
        "ended = [one.selection for one in found if one.selection.meets(selection)]",
        GATE + "test_resuming_ends_what_lies_within_and_tells_what_still_holds",
    ),
    b(
        "pause is audited",
        "services/gate.py",
        '        note(tx, actor, "pause", str(selection), _owner(selection), {"reason": reason})\n',
        "",
        GATE + "test_pausing_and_resuming_are_audited_once",
    ),
    b(
        "resume is audited",
        "services/gate.py",
        '            note(tx, actor, "resume", str(one), _owner(one), {"reason": reason})\n',
        "            pass\n",
        GATE + "test_pausing_and_resuming_are_audited_once",
    ),
)

"""Breaker, concurrency and rate limit: per kommun and system, shared by all workers."""

from tests.broken.breakage import b

BREAKER = "tests/delivery/test_breaker.py::"
LANES = "tests/delivery/test_lanes.py::"
STORE = "tests/store/test_lanes.py::"
GATE = "tests/services/test_gate.py::"

BROKEN = (
    b(
        "it opens when so many calls in a row got no answer",
        "delivery/breaker.py",
        "    if lane.failures < rules.failures:\n",
        "    if True:\n",
        BREAKER + "test_failures_in_a_row_open_it_and_the_first_probe_waits_its_interval",
        GATE + "test_a_vendor_that_is_down_costs_a_probe_per_interval",
    ),
    b(
        "an answer in between begins the count anew",
        "delivery/breaker.py",
        "return replace(lane, failures=0) if lane.failures else lane",
        "return lane",
        BREAKER + "test_an_answer_in_between_begins_the_count_anew",
    ),
    b(
        "half-open lets one probe through",
        "delivery/lanes.py",
        "return 0 if leased else 1",
        "return 0 if leased else 2",
        LANES + "test_room",
        GATE + "test_a_vendor_that_is_down_costs_a_probe_per_interval",
    ),
    b(
        "no probe goes while another is under way",
        "delivery/lanes.py",
        "return 0 if leased else 1",
        "return 1",
        LANES + "test_room",
        STORE + "test_no_probe_goes_while_something_that_was_begun_before_is_under_way",
    ),
    b(
        "between two probes nothing goes",
        "delivery/lanes.py",
        """    if lane.is_held(now):
        return 0
""",
        "",
        STORE + "test_a_silent_vendor_is_tried_with_one_delivery_per_interval",
        GATE + "test_a_vendor_that_is_down_costs_a_probe_per_interval",
    ),
    b(
        "the interval grows",
        "delivery/lanes.py",
        "rules.probe_s * 2 ** min(probes, 32))",
        "rules.probe_s)",
        BREAKER + "test_a_probe_without_a_good_answer_doubles_the_interval_up_to_the_cap",
    ),
    b(
        "an answer closes it",
        "delivery/breaker.py",
        "    elif verdict is Verdict.ANSWERED:\n        return Lane(",
        "    elif verdict is Verdict.ANSWERED and lane.failures < 0:\n        return Lane(",
        BREAKER + "test_an_answer_closes_it",
        GATE + "test_an_outage_is_told_once_when_it_begins_and_once_when_it_ends",
    ),
    b(
        "a probe whose worker died is followed by another",
        "delivery/lanes.py",
        "        held_until=now + probe_interval(lane.probes, rules),\n",
        "        held_until=1 << 62,\n",
        STORE + "test_a_probe_whose_worker_died_is_followed_by_another",
    ),
    b(
        "that nothing is there does not say that it can be written to",
        "services/deliver.py",
        'found = Verdict.ANSWERED if finding.outcome == "found" else Verdict.NOTHING',
        "found = Verdict.ANSWERED",
        GATE + "test_a_vendor_that_can_only_be_read_is_left_alone_too",
    ),
    b(
        "a look-up without an answer counts too",
        "services/deliver.py",
        "return _outcome(bridge, claim, action, started, then, error=error, told=_told(error))",
        "return _outcome(bridge, claim, action, started, then, error=error)",
        GATE + "test_a_vendor_that_is_down_costs_a_probe_per_interval",
    ),
    b(
        "another kommun's lane goes on",
        "services/gate.py",
        "    lane = lane_to_judge(tx.connection, key, only_in_trouble=not sure)\n",
        """    lane = lane_to_judge(tx.connection, key, only_in_trouble=not sure)
    for one in lanes_of(tx.connection) if told.verdict is Verdict.SILENT else ():
        keep_lanes(tx.connection, [breaker.replace(one, held_until=tx.now + 10**13)])
""",
        GATE + "test_the_other_kommuner_and_the_workflow_go_on",
    ),
    b(
        "the limit of calls at once holds for all workers together",
        "store/lanes.py",
        "Counter((row.kommun, row.system) for row in connection.execute(_LEASED))",
        "Counter()",
        STORE + "test_two_workers_never_hold_more_of_a_lane_than_its_concurrency",
    ),
    b(
        "the limit of calls at once holds",
        "delivery/lanes.py",
        "rooms.append(max(0, rules.concurrency - leased))",
        "pass",
        LANES + "test_room",
        STORE + "test_two_workers_never_hold_more_of_a_lane_than_its_concurrency",
    ),
    b(
        "the rate is kept",
        "delivery/lanes.py",
        "rooms.append(int(_tokens(lane, now, rules)))",
        "pass",
        LANES + "test_a_rate_is_kept_and_what_was_not_used_is_saved_for_a_second",
    ),
    b(
        "what is taken is counted against the rate, for all workers",
        "delivery/lanes.py",
        "left = _tokens(lane, now, rules) - count",
        "left = _tokens(lane, now, rules)",
        LANES + "test_a_rate_is_kept_and_what_was_not_used_is_saved_for_a_second",
    ),
    b(
        "the wait that a vendor asks for holds the whole lane",
        "delivery/breaker.py",
        "return lane if retry_after is None else _held(lane, now, int(retry_after * SECOND))",
        "return lane",
        BREAKER + "test_the_wait_that_a_vendor_asks_for_holds_the_lane_and_is_never_cut_short",
        GATE + "test_a_vendor_that_asks_for_time_gets_it_from_the_whole_lane",
    ),
    b(
        "a worker that is frozen while it claims stops no other",
        "store/lanes.py",
        """    .where(sa.tuple_(lanes.c.kommun, lanes.c.system).in_(sa.bindparam("keys", expanding=True)))
    .with_for_update(skip_locked=True)
""",
        """    .where(sa.tuple_(lanes.c.kommun, lanes.c.system).in_(sa.bindparam("keys", expanding=True)))
    .with_for_update(nowait=True)
""",
        STORE + "test_a_worker_that_is_frozen_while_it_claims_stops_no_other",
        error="StoreUnavailable",
    ),
)

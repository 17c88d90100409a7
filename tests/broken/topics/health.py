"""Health is truth: ages, a stalled worker that ends, alerts that turn, totals, a full disk."""

from tests.broken.breakage import b

WATCH = "tests/workers/test_watch.py::"
HEART = "tests/workers/test_heart.py::"
ALERTS = "tests/services/test_alerts.py::"
HEALTH = "tests/integration/test_health.py::"
BRIDGE = "tests/receivers/test_bridge.py::"
METRICS = "tests/receivers/test_operation.py::test_metrics_tell_what_the_store_holds"
AGES = "tests/services/test_status.py::"

BROKEN = (
    b(
        "status tells the age of the oldest due delivery, paused ones too",
        "store/overview.py",
        "queues = due_queues(tx.connection, tx.now, paused=True)",
        "queues = due_queues(tx.connection, tx.now)",
        AGES + "test_the_oldest_due_delivery_s_age_is_told_paused_or_not",
    ),
    b(
        "status tells the age of the oldest lease",
        "services/queries.py",
        "oldest_lease_s=_age(tx, overview.oldest_lease(tx)),",
        "oldest_lease_s=None,",
        AGES + "test_the_oldest_lease_s_age_is_told",
    ),
    b(
        "status tells the parked heads",
        "services/health.py",
        "parked_heads=stored.parked_heads(tx),",
        "parked_heads=0,",
        AGES + "test_the_heads_that_others_wait_behind_are_counted",
    ),
    b(
        "status tells the breakers' states",
        "services/queries.py",
        "lanes=gate.lanes(tx),",
        "lanes=(),",
        "tests/services/test_gate.py::test_since_tells_when_the_outage_began_and_when_it_ended",
        error="KeyError",
    ),
    b(
        "status tells the sync's lag",
        "services/queries.py",
        "sync_lag_s=fetching.lags(bridge, tx),",
        "sync_lag_s={},",
        "tests/services/test_parking.py::"
        "test_the_lag_counts_from_the_last_pass_that_reached_the_end",
    ),
    b(
        "metrics tell the age of the oldest due delivery",
        "receivers/metrics.py",
        "lambda status: status.oldest_due_s),",
        "lambda status: 0),",
        METRICS,
    ),
    b(
        "readyz tells that nobody works",
        "services/health.py",
        '"no_worker": not alive(known, "worker"),',
        '"no_worker": False,',
        BRIDGE + "test_the_bridge_is_ready_and_measured",
    ),
    b(
        "readyz tells that what is due is not taken",
        "services/health.py",
        '"due_not_claimed": is_neglected(bridge, known, claimable_s),',
        '"due_not_claimed": False,',
        AGES + "test_work_that_nobody_takes_is_told_by_readyz",
    ),
    b(
        "a worker that claims nothing while work is due says so",
        "workers/watch.py",
        'return "claims_nothing" if self._passed_over_s > self._stall_s else None',
        "return None",
        WATCH + "test_what_is_seen_decides",
        HEART + "test_one_that_the_store_gives_nothing_ends",
    ),
    b(
        "a worker that stands still in the store is given up",
        "workers/watch.py",
        'return "store_hangs"',
        "return None",
        WATCH + "test_what_is_seen_decides",
        HEART + "test_one_whose_pump_hangs_in_the_store_ends",
    ),
    b(
        "a worker whose pump died is given up",
        "workers/watch.py",
        'return "pump_ended"',
        "return None",
        WATCH + "test_a_pump_that_ended_is_seen_at_once",
    ),
    b(
        "it ends, for its supervisor to start another",
        "workers/heart.py",
        "        self._end(EXIT_STALLED)\n",
        "",
        HEART + "test_one_that_the_store_gives_nothing_ends",
        HEALTH + "test_up_starts_a_worker_again_that_took_nothing",
    ),
    b(
        "one with nothing to do goes on",
        "workers/watch.py",
        "passed_over = claimable and signs.claimed == self._claimed",
        "passed_over = signs.claimed == self._claimed",
        HEART + "test_one_with_nothing_to_do_or_with_hands_full_goes_on",
    ),
    b(
        "what is paused or held back is nobody's fault",
        "store/health.py",
        "for queue in due_queues(tx.connection, tx.now)",
        "for queue in due_queues(tx.connection, tx.now, paused=True)",
        HEART + "test_what_is_paused_is_nobodys_fault",
    ),
    b(
        "a vendor that is down ends no worker",
        "store/health.py",
        "        != 0\n    ]",
        "        != -1\n    ]",
        AGES + "test_what_is_held_back_is_nobody_s_to_take",
    ),
    b(
        "an alert is told once",
        "services/alerts.py",
        "    bridge.store.write(lambda tx: mark_told(tx, alert.id, step))\n",
        "",
        ALERTS + "test_a_vendor_that_is_down_is_one_alert_however_much_waits_for_it",
    ),
    b(
        "an alert has an end",
        "services/alerts.py",
        "        if key not in now and resolve_alert(tx, alert.id):\n",
        "        if False:\n",
        ALERTS + "test_a_vendor_that_is_down_is_one_alert_however_much_waits_for_it",
        ALERTS + "test_a_delivery_that_needs_a_person_is_told_of_once_and_its_end_once",
    ),
    b(
        "what was not heard is told again",
        "services/alerts.py",
        '        log.warning("alert_not_told", code=error.code)\n        return False\n',
        '        log.warning("alert_not_told", code=error.code)\n',
        ALERTS + "test_what_was_not_heard_is_told_again_until_it_is_also_by_another_process",
    ),
    b(
        "who is not heard grows patient",
        "services/alerts.py",
        "pause_s = 0.0 if all_told else min(LONGEST_PAUSE_S, 2.0**self._failures)",
        "pause_s = 0.0",
        ALERTS + "test_processes_take_turns_and_one_that_is_not_heard_grows_patient",
    ),
    b(
        "one process tells at a time",
        "services/alerts.py",
        "if not self._bridge.store.write(lambda tx: take_turn(tx, TURN, every_s)):",
        "if self._bridge.store.write(lambda tx: take_turn(tx, TURN, every_s)) is None:",
        ALERTS + "test_processes_take_turns_and_one_that_is_not_heard_grows_patient",
    ),
    b(
        "what wavers about a limit is not told each time",
        "services/conditions.py",
        "room = ROOM + 1 if key in held else ROOM",
        "room = ROOM",
        ALERTS + "test_a_disk_that_fills_up_is_told_of_before_intake_stops_and_not_at_each_ripple",
    ),
    b(
        "parts have time to start before they are missed",
        "services/conditions.py",
        "    if awake_s > GRACE_S:\n",
        "    if True:\n",
        ALERTS
        + "test_a_bridge_without_workers_or_scheduler_is_told_of_when_they_had_time_to_start",
    ),
    b(
        "totals count what was accepted, once",
        "services/totals.py",
        '            if result.status == "accepted"\n',
        '            if result.status != "rejected"\n',
        BRIDGE + "test_a_sender_finds_its_own_count_of_a_day",
    ),
    b(
        "totals hold a digest over the ids",
        "store/totals.py",
        "digest = hashlib.sha256(event_id.encode()).digest()",
        "digest = bytes(32)",
        "tests/store/test_totals.py::test_the_senders_six_lines_give_the_same",
    ),
    b(
        "a full disk stops the intake of events before it is full",
        "services/accept.py",
        "    bridge.store.space.require(bridge.settings.limits.min_free_bytes)\n",
        "",
        BRIDGE + "test_with_little_room_nothing_is_taken_in_and_with_room_it_is",
        error="KeyError",
    ),
    b(
        "a full disk stops the intake of webhooks before it is full",
        "services/webhooks.py",
        "    bridge.store.space.require(bridge.settings.limits.min_free_bytes)\n",
        "",
        BRIDGE + "test_with_little_room_nothing_is_taken_in_and_with_room_it_is",
        error="KeyError",
    ),
    b(
        "readyz tells that the disk is filling up",
        "receivers/bridge_desk.py",
        'return ["storage_low"] if low else []',
        "return []",
        BRIDGE + "test_with_little_room_nothing_is_taken_in_and_with_room_it_is",
        error="KeyError",
    ),
    b(
        "the database's own disk is looked at",
        "store/space.py",
        "return free is not None and free < least",
        "return False",
        BRIDGE + "test_with_little_room_nothing_is_taken_in_and_with_room_it_is",
        error="KeyError",
    ),
    b(
        "a server that says that it is full is unavailable",
        "store/engine.py",
        """    except (OperationalError, InterfaceError, sa.exc.TimeoutError) as error:
        raise StoreUnavailable""",
        """    except (InterfaceError, sa.exc.TimeoutError) as error:
        raise StoreUnavailable""",
        "tests/store/test_space.py::test_a_server_that_says_that_it_is_full_is_unavailable",
        error="OperationalError",
    ),
)

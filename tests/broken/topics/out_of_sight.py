"""Out of sight: named fields only; nothing personal in logs, answers, files, broker, metrics."""

from tests.broken.breakage import b

CANARY = "tests/integration/test_canary.py::"
WELL = CANARY + "test_nothing_is_seen_where_all_goes_well"
TELEMETRY = "tests/test_telemetry.py::"

BROKEN = (
    b(
        "the log holds named fields from a list",
        "telemetry.py",
        "return {name: value for name, value in fields.items() if name in ALLOWED}",
        "return fields",
        TELEMETRY + "test_a_field_that_is_not_named_is_not_written",
    ),
    b(
        "of an exception the class alone is told",
        "telemetry.py",
        "    return type(error).__name__",
        '    return f"{type(error).__name__} {error}"',
        TELEMETRY + "test_of_an_exception_the_class_alone_is_told",
    ),
    b(
        "of what a library says the place alone is told",
        "telemetry.py",
        'return f"{record.module}:{record.lineno}", kind.__name__ if kind else None',
        "return record.getMessage(), kind.__name__ if kind else None",
        TELEMETRY + "test_the_place_and_the_kind_are_told_and_not_the_words",
    ),
    b(
        "of what nobody caught the class and place are told",
        "telemetry.py",
        "    sys.excepthook = _uncaught\n",
        "",
        TELEMETRY + "test_the_place_and_the_kind_are_told_and_not_the_words",
    ),
    b(
        "a channel's errors hold neither address nor body",
        "adapters/channels/http.py",
        "        except httpx.TimeoutException:\n",
        "        except httpx.TimeoutException as error:\n"
        "            raise call.lost(str(error.request.url)) from error\n"
        "        except ZeroDivisionError:\n",
        "tests/adapters/test_channels_http.py::test_no_failed_exchange_tells_where_it_went_nor_what_was_sent",
    ),
    b(
        "nor what a library knew of them",
        "adapters/channels/http.py",
        '            code = "tls_failed" if tls_error(error) else "connect_failed"\n',
        '            code = "tls_failed" if tls_error(error) else "connect_failed"\n'
        "            raise Transient(code, unreachable=True) from error\n",
        "tests/adapters/test_channels_http.py::test_no_failed_exchange_tells_where_it_went_nor_what_was_sent",
    ),
    b(
        "libraries do not log the addresses that are asked",
        "adapters/channels/http.py",
        "            logging.getLogger(library).setLevel(logging.WARNING)\n",
        "            logging.getLogger(library).setLevel(logging.DEBUG)\n",
        "tests/adapters/test_channels_http.py::test_errors_and_logs_hold_neither_address_nor_body",
    ),
    b(
        "a fault of ours is answered without content",
        "receivers/guard.py",
        "                await response(INTERNAL)(scope, receive, guarded)\n",
        "                from starlette.responses import PlainTextResponse\n\n"
        "                await PlainTextResponse(str(error), 500)(scope, receive, guarded)\n",
        "tests/receivers/test_guard.py::test_an_unforeseen_fault_is_a_500_without_content",
    ),
    b(
        "a fault of ours is logged without content",
        "receivers/guard.py",
        "                code=telemetry.place_of(error.__traceback__),\n",
        "                code=str(error),\n",
        "tests/receivers/test_guard.py::test_an_unforeseen_fault_is_a_500_without_content",
    ),
    b(
        "what is refused as XML is not quoted",
        "contracts/xml.py",
        'raise XmlRefused("malformed", f"line {error.lineno or 1}: not well-formed") from None',
        'raise XmlRefused("malformed", f"line {error.lineno or 1}: {error.msg}") from None',
        "tests/contracts/test_parse_untrusted.py::test_no_refusal_quotes_the_body",
    ),
    b(
        "an edit that does not fit is not quoted",
        "services/release.py",
        "raise NotPossible(f\"{where}: {first['msg']}\") from None",
        'raise NotPossible(f"{where}: {edit}") from None',
        "tests/services/test_replay.py::"
        "test_an_edit_that_does_not_fit_names_the_field_and_not_the_value",
    ),
    b(
        "listings are masked",
        "services/masking.py",
        "    return MASK\n",
        "    return value\n",
        "tests/services/test_masking.py::test_nothing_of_what_is_sent_is_shown",
        "tests/receivers/test_bridge.py::test_what_is_shown_is_masked",
    ),
    b(
        "the broker is told a task and ids",
        "services/accept.py",
        "            due.append((new.id, new.operation))\n",
        "            due.append((new.id + str(new.payload), new.operation))\n",
        CANARY + "TestWhereAllGoesWrong::test_nothing_is_seen",
    ),
    b(
        "a worker leaves nothing in files",
        "services/deliver.py",
        "        receipt = work.system.send(order, body)\n",
        "        import tempfile\n\n"
        '        kept = tempfile.NamedTemporaryFile(delete=False, prefix="sent-")\n'
        "        kept.write(body)\n"
        "        kept.flush()\n"
        "        receipt = work.system.send(order, body)\n",
        WELL,
    ),
    b(
        "a worker's libraries write no text in its log",
        "workers/__init__.py",
        "    telemetry.take_over()\n",
        "    telemetry.configure()\n",
        CANARY + "TestWhereAllGoesWrong::test_nothing_is_seen",
    ),
)

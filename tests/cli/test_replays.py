"""`replays`, and `replay --job`: what a job did, and steering it."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Office
from tests.handbook.minsta import handelse


@pytest.fixture
def stuck(office: Office) -> Office:
    """Two decisions that the vendor refused."""
    for number in range(2):
        office.refuse()
        about = {"id": f"E-{number}", "subject": f"A-{number}"}
        office.send(handelse("beslut.fattat", beslut_id=f"B{number}") | about)
    office.work()
    assert [found["state"] for found in office.deliveries()] == ["failed"] * 2
    return office


def dry_run(office: Office, *words: object) -> str:
    """The job that a dry run makes."""
    outcome = office.cli("replay", "--state", "failed", "--dry-run", "--json", *words)
    (job,) = {line["job"] for line in outcome.lines}
    return str(job)


def shown(office: Office, job: str, *words: object) -> Any:
    return office.cli("replays", "show", job, "--json", *words).document


def test_a_dry_run_prints_the_job_that_does_exactly_this(stuck: Office) -> None:
    outcome = stuck.cli("replay", "--state", "failed", "--dry-run")
    job = outcome.out.split("replay --job ")[1].split("`")[0]
    stuck.refuse()
    stuck.send(handelse("beslut.fattat", beslut_id="B9") | {"id": "E-9", "subject": "A-9"})
    stuck.work()
    done = stuck.cli("replay", "--job", job, "--json")
    assert done.code == 0
    assert [line["outcome"] for line in done.lines] == ["released"] * 2
    stuck.work()
    assert [found["state"] for found in stuck.deliveries()] == ["verified"] * 2 + ["failed"]


def test_a_job_tells_what_the_deliveries_came_to(stuck: Office) -> None:
    job = dry_run(stuck, "--name", "rattat")
    assert shown(stuck, job)["job"]["state"] == "planned"
    stuck.cli("replay", "--job", job, "--reason", "rättat")
    stuck.refuse()
    stuck.work()
    told = shown(stuck, job)
    assert told["job"]["name"] == "rattat"
    assert (told["job"]["state"], told["job"]["outcomes"]) == ("done", {"released": 2})
    assert sorted(told["states"].items()) == [("failed", 1), ("verified", 1)]
    failed = next(item for item in told["items"] if item["state"] == "failed")
    assert failed["outcome"] == "released"
    assert failed["last_try"]["error_code"] == "EJ_TILLATET"
    table = stuck.cli("replays", "show", job)
    assert "failed rejected EJ_TILLATET" in table.out
    assert "Kim" not in table.out
    assert shown(stuck, job, "--outcome", "changed")["items"] == []


def test_jobs_are_listed_the_newest_first(stuck: Office) -> None:
    first, second = dry_run(stuck), dry_run(stuck, "--same-bytes", "--rate", "7")
    listed = stuck.cli("replays", "list", "--json").lines
    assert [job["id"] for job in listed] == [second, first]
    assert [job["mode"] for job in listed] == ["same_bytes", "mapped_anew"]
    line = stuck.cli("replays", "list").out.splitlines()[1]
    assert "same bytes, 7/s" in line


def test_a_job_can_be_called_off_and_then_does_nothing(stuck: Office) -> None:
    job = dry_run(stuck)
    done = stuck.cli("replays", "cancel", job, "--reason", "fel urval")
    assert done.out == f"Job {job} is cancelled: 2 cancelled.\n"
    for words in (("replays", "resume", job), ("replay", "--job", job)):
        again = stuck.cli(*words)
        assert (again.code, again.err) == (1, f"Error: Job {job} was cancelled.\n")
    assert stuck.cli("replays", "cancel", job).code == 1


def test_only_what_runs_is_paused(stuck: Office) -> None:
    job = dry_run(stuck)
    outcome = stuck.cli("replays", "pause", job)
    assert (outcome.code, outcome.err) == (1, f"Error: Job {job} is planned.\n")


def test_an_interrupted_job_is_paused_and_goes_on(
    stuck: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    job = dry_run(stuck, "--rate", "1")
    with monkeypatch.context() as patched:
        patched.setattr("time.sleep", interrupt)
        patched.setattr("time.monotonic", lambda: 0.0)
        outcome = stuck.cli("replay", "--job", job)
    assert outcome.code == 130
    assert outcome.err.startswith(f"Job {job} is paused: `bbic-bridge replays resume {job}`")
    assert shown(stuck, job)["job"]["state"] == "paused"
    done = stuck.cli("replays", "resume", job, "--rate", "1000", "--json")
    assert done.code == 0
    assert shown(stuck, job)["job"]["outcomes"] == {"released": 2}


def test_a_job_that_runs_elsewhere_is_taken_over_and_that_is_told(
    stuck: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = dry_run(stuck, "--rate", "1")
    seconds = []

    def meanwhile(_: float) -> None:
        with monkeypatch.context() as patched:
            patched.setattr("time.sleep", lambda _: None)
            seconds.append(stuck.cli("replay", "--job", job))

    with monkeypatch.context() as patched:
        patched.setattr("time.monotonic", lambda: 0.0)
        patched.setattr("time.sleep", lambda s: None if seconds or not s else meanwhile(s))
        stuck.cli("replay", "--job", job)
    (second,) = seconds
    assert second.code == 0
    told = f"Job {job} was running elsewhere: it is taken over, and stops there.\n"
    assert second.err.startswith(told)
    assert shown(stuck, job)["job"]["outcomes"] == {"released": 2}
    assert "was running elsewhere" not in stuck.cli("replay", "--job", job).err


def test_a_job_that_does_not_exist_is_wrong_use(stuck: Office) -> None:
    for words in (("replays", "show", "X"), ("replays", "resume", "X"), ("replay", "--job", "X")):
        outcome = stuck.cli(*words)
        assert (outcome.code, outcome.err) == (2, "Error: there is no replay job X\n")


@pytest.mark.parametrize(
    "words",
    [
        ("--job", "X", "--state", "failed"),
        ("--job", "X", "--same-bytes"),
        ("--job", "X", "--name", "n"),
        ("--state", "failed", "--reveal"),
    ],
)
def test_options_that_contradict_each_other_are_wrong_use(
    stuck: Office, words: tuple[str, ...]
) -> None:
    assert stuck.cli("replay", *words).code == 2


def test_what_an_edit_corrects_is_shown_masked_or_revealed(stuck: Office, folder: Any) -> None:
    failed = stuck.deliveries()[0]["id"]
    detail = stuck.cli("deliveries", "show", failed, "--reveal", "--reason", "rätta", "--json")
    payload = detail.document["uppgift"] | {"beslutsfattare": "Ny Beslutsfattare"}
    (folder / "edit.json").write_text(json.dumps(payload))
    words = ("replay", failed, "--edit", "edit.json", "--dry-run", "--reason", "rättat")
    assert "  /beslutsfattare: ••• -> •••\n" in stuck.cli(*words).out
    assert "-> Ny Beslutsfattare\n" in stuck.cli(*words, "--reveal").out
    job = stuck.cli(*words, "--json").lines[0]["job"]
    stuck.cli("replay", "--job", job)
    stuck.work()
    assert stuck.vendor.sent[-1].uppgift["beslutsfattare"] == "Ny Beslutsfattare"


def test_skip_tells_what_waits_and_what_goes(office: Office) -> None:
    office.refuse()
    office.send(handelse("beslut.fattat"), handelse("beslut.verkstall") | {"id": "E-2"})
    office.work()
    failed, waiting = (found["id"] for found in office.deliveries())
    dry = office.cli("skip", failed, "--reason", "för hand", "--dry-run")
    assert dry.out.splitlines() == [f"{failed} would be skipped.", f"{waiting} (waits behind it)"]
    done = office.cli("skip", failed, "--reason", "för hand", "--assume-done")
    assert done.code == 0
    assert done.out.splitlines() == [f"{failed} is skipped.", f"{waiting} (goes now)"]
    office.work()
    assert [found["state"] for found in office.deliveries()] == ["skipped", "verified"]
    again = office.cli("skip", failed, "--reason", "för hand")
    assert again.code == 1
    assert "cannot be skipped: it is skipped" in again.err
    assert office.cli("skip", failed).code == 2
    assert office.cli("skip", "X", "--reason", "x").code == 2

"""What `doctor` looks at. Each check tells what it found and what to do about it."""

import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bbic_bridge.cli import embedded, vendors
from bbic_bridge.cli.check import Check
from bbic_bridge.cli.configuration import Configuration
from bbic_bridge.cli.instance import running
from bbic_bridge.cli.output import when
from bbic_bridge.cli.parked import told
from bbic_bridge.delivery.errors import BridgeError, ConfigurationError

if TYPE_CHECKING:
    from bbic_bridge.mappings.profile import Profile
    from bbic_bridge.services.keys import KeyProblem
    from bbic_bridge.settings import Settings

UNREAD = "see the checks of the vendor; is beat running? `bbic-bridge sync --once` tries now"
PARKED = "`bbic-bridge sync --parked` lists them; mend the mapping profile and start again"
OWNER_ALONE, GROUP_MAY_READ = 0o077, 0o037
"""Of a file's mode, what must not be set."""
_KEY_PROBLEMS: Mapping[str, Callable[["KeyProblem"], tuple[str, str]]] = {
    "closed": lambda one: (
        f"master_key does not open data key {one.key_id}",
        "put back the master_key that this database was made with; a restored backup needs its own",
    ),
    "gone": lambda one: (
        f"values are sealed with data key {one.key_id}, which the database does not hold",
        "restore the whole database from one backup",
    ),
    "other_index_key": lambda _: (
        "index_key is not this database's",
        "put back the index_key that this database was made with: it is never changed",
    ),
}


def run_checks(found: Configuration) -> Iterator[Check]:
    """All checks, the cheap and the local ones first."""
    yield Check("configuration", "ok", str(found.path))
    checks: tuple[Callable[[Configuration], Iterator[Check]], ...] = (
        _keys,
        _secret_files,
        _database,
        _stored_keys,
        _broker,
        _profiles,
        _changes,
        vendors.checks,
    )
    for check in checks:
        yield from check(found)


def _keys(found: Configuration) -> Iterator[Check]:
    from bbic_bridge.services.keys import root_keys

    try:
        root_keys(found.settings)
    except BridgeError as error:
        advice = "`bbic-bridge init` in a new folder makes keys; an old database needs its own"
        yield Check("keys", "fail", str(error), advice)
        return
    yield Check("keys", "ok", "master_key and index_key can be used")


def require_sound_secrets(settings: "Settings") -> None:
    """Raises ``ConfigurationError`` for a signing secret that nothing can be signed with, or that
    stands in two places: it could not tell whose it is, and no receiver starts."""
    from bbic_bridge.security.signatures import Secret

    named = [(f"source.{name}", one.secrets) for name, one in settings.source.items()]
    named += [(f"kommun.{name}", one.webhook_secrets) for name, one in settings.kommun.items()]
    if settings.callback:
        named.append(("callback", (settings.callback.secret,)))
    if settings.alerts.url:
        named.append(("alerts", (settings.alerts.secret,)))
    owners: dict[bytes, str] = {}
    for name, secrets in named:
        for secret in secrets:
            try:
                key = Secret.decode(name, secret.get_secret_value()).key
            except ValueError as error:
                raise ConfigurationError(f"setting {name}: {error}") from None
            if name == "alerts":  # nobody signs with it towards us
                continue
            if key in owners:
                raise ConfigurationError(f"settings {owners[key]} and {name}: the same secret")
            owners[key] = name


def _secret_files(found: Configuration) -> Iterator[Check]:
    from bbic_bridge.settings import secret_files

    try:
        require_sound_secrets(found.settings)
    except BridgeError as error:
        yield Check("secrets", "fail", str(error), "whsec_ and 32 random bytes in base64")
        return
    by_token = found.settings.cli.token_required
    for path in secret_files(found.path):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & (GROUP_MAY_READ if by_token else OWNER_ALONE):
            what, advice = f"secret {path.name}", f"chmod {640 if by_token else 600} {path}"
            yield Check(what, "warn", f"others can read it (mode {mode:o})", advice)
            return
    who = "owner and group" if by_token else "owner"
    yield Check("secrets", "ok", f"only their {who} can read them")


def _database(found: Configuration) -> Iterator[Check]:
    from bbic_bridge.services import upkeep
    from bbic_bridge.store.engine import StoreUnavailable

    try:
        version, newest = upkeep.schema_state(found.settings)
    except StoreUnavailable:
        yield Check(
            "database", "fail", "cannot be reached", "is it running; is database_url right?"
        )
        return
    if version == newest:
        yield Check("database", "ok", f"reached, schema {version}")
    else:
        has = version or "none"
        yield Check("database", "fail", f"schema {has}, needed: {newest}", "bbic-bridge migrate")


def _stored_keys(found: Configuration) -> Iterator[Check]:
    """Whether the keys are those of this database: a restored copy needs those it was made with."""
    from bbic_bridge.bootstrap import utc_now
    from bbic_bridge.services.keys import missing_keys

    try:
        problems = missing_keys(found.settings, utc_now)
    except BridgeError:
        return  # told by the checks of the keys and of the database
    for one in problems:
        yield Check(f"{one.kommun or 'database'}: keys", "fail", *_KEY_PROBLEMS[one.kind](one))
    if not problems:
        yield Check("stored keys", "ok", "all that is stored can be opened")


def _broker(found: Configuration) -> Iterator[Check]:
    address = found.settings.broker_url.get_secret_value()
    if not address:
        here = running(found.settings.var)
        if here is None:
            yield Check("broker", "warn", "embedded; `up` does not run", "bbic-bridge up")
            return
        address = here.broker_url
    if embedded.reached(address):
        yield Check("broker", "ok", "reached")
    else:
        yield Check("broker", "fail", "does not answer", "is it running; is broker_url right?")


def _profiles(found: Configuration) -> Iterator[Check]:
    from bbic_bridge.mappings.engine import folder_of, load

    settings = found.settings
    profiles = settings.base / settings.profiles
    for name, kommun in settings.kommun.items():
        try:
            profile = load(kommun.profile, profiles)
        except BridgeError as error:
            yield Check(f"{name}: profile", "fail", str(error), "see docs/mapping")
            continue
        yield Check(f"{name}: profile", "ok", kommun.profile)
        yield from _examples(f"{name}: examples", profile, folder_of(kommun.profile, profiles))


def _examples(what: str, profile: "Profile", folder: Path) -> Iterator[Check]:
    """Whether the profile still makes of each example pair what stands in it."""
    from bbic_bridge.mappings import examples

    problems = examples.check(profile, folder)
    for problem in problems:
        yield Check(what, "fail", f"{profile.name}/{problem}", "correct the profile or the example")
    if problems:
        return
    if lacking := examples.missing(profile, folder):
        found = f"{len(lacking)} messages have none, e.g. {lacking[0]}"
        yield Check(what, "warn", found, "write them (docs/mapping): they show what is sent")
    else:
        yield Check(what, "ok", "all pairs hold in both directions")


def _changes(found: Configuration) -> Iterator[Check]:
    """Whether what the vendors tell is fetched, and can be read."""
    from bbic_bridge.bootstrap import bootstrap, no_wake
    from bbic_bridge.services import fetching

    try:
        bridge = bootstrap(found.settings, wake=no_wake)
    except BridgeError as error:
        yield Check("changes", "fail", f"cannot be looked at: {error}", "mend what stands above")
        return
    try:
        problems, heaps = fetching.problems(bridge), fetching.parked_heaps(bridge)
    finally:
        bridge.close()
    for problem in problems:
        since = f"not read since {when(problem.since)}"
        yield Check(f"{problem.kommun}: changes", "fail", f"{told(problem)}, {since}", UNREAD)
    for heap in heaps:
        what = f"{heap.stream}: {heap.rows} parked, {heap.code}: {heap.where}"
        yield Check(f"{heap.kommun}: changes", "fail", what, PARKED)
    troubled = {problem.kommun for problem in problems} | {heap.kommun for heap in heaps}
    for name in found.settings.kommun:
        if name not in troubled:
            yield Check(f"{name}: changes", "ok", "none is late or unread")

"""What the bridge can be told, with what holds where nothing is said."""

from collections.abc import Mapping
from datetime import date, datetime, time
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from bbic_bridge.handbook.frister import REGEL
from bbic_bridge.handbook.krav import VALBARA
from bbic_bridge.handbook.stockholm import STOCKHOLM
from bbic_bridge.handbook.uppgifter import Id, Insatstyp, KortText
from bbic_bridge.security.tokens import Role, Use

Seconds = Annotated[float, Field(ge=0)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Retry(Section):
    """When a delivery is tried again: exponential, with jitter, until ``give_up_after_s``."""

    base_s: Seconds = 2
    factor: Annotated[float, Field(ge=1)] = 2
    max_s: Seconds = 3600
    jitter: Annotated[float, Field(ge=0, le=1)] = 0.2
    give_up_after_s: Seconds = 48 * 3600


class Breaker(Section):
    """When a system that does not answer is left alone, and how often it is tried then."""

    failures: Annotated[int, Field(ge=1)] = 5
    probe_s: Annotated[float, Field(gt=0)] = 5
    probe_max_s: Annotated[float, Field(gt=0)] = 60


class Lane(Section):
    """How much goes to one system of one kommun, from all workers together; 0: no limit."""

    concurrency: Annotated[int, Field(ge=0)] = 4
    rate_per_s: Annotated[float, Field(ge=0)] = 0
    breaker: Breaker = Breaker()


class Mottagare(Section):
    """Who receives an uppdrag, e.g. the enhetschef for Chansen."""

    enhet_id: Id
    enhetschef: KortText


class OAuth(Section):
    """How a bearer token is fetched: OAuth 2.0 client credentials."""

    token_url: str
    client_id: str
    client_secret: SecretStr
    scope: str = ""


class Partner(Section):
    """Somebody who is called: whom we believe there, and how we prove who we are.

    ``ca``, ``client_cert`` and ``client_key`` are paths of PEM files.
    """

    ca: str = ""
    client_cert: str = ""
    client_key: str = ""
    oauth: OAuth | None = None


class Kommun(Partner, Lane):
    """One municipality: its system, how to reach it, and its own limits."""

    system: Literal["procapita", "treserva"]
    write_url: str
    read_url: str
    profile: str = ""
    domain: str = ""
    key: SecretStr = SecretStr("")
    token: SecretStr = SecretStr("")
    webhook_secrets: tuple[SecretStr, ...] = ()
    webhook_rate_per_s: Annotated[float, Field(ge=0)] = 0
    webhook_burst: Annotated[int, Field(ge=1)] = 100
    enheter: Mapping[str, Mottagare] = {}
    timeout_s: Annotated[float, Field(gt=0)] = 10
    settle_s: Seconds = 60
    verify_s: Seconds = 3600
    sync_every_s: Seconds = 60
    retry: Retry = Retry()

    @model_validator(mode="before")
    @classmethod
    def _default_profile(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("profile"):
            return {**data, "profile": f"{data.get('system')}/standard"}
        return data


class Source(Section):
    """A handbook workflow that may send events: its secrets, CloudEvents sources, kommuner."""

    secrets: tuple[SecretStr, ...]
    sources: tuple[str, ...] = ("*",)
    kommuner: tuple[str, ...] = ("*",)
    rate_per_s: Annotated[float, Field(ge=0)] = 0
    burst: Annotated[int, Field(ge=1)] = 100


class Callback(Partner, Lane):
    """Where the bridge pushes its own events, signed."""

    url: str
    secret: SecretStr
    timeout_s: Annotated[float, Field(gt=0)] = 5
    retry: Retry = Retry()


class Token(Section):
    """A bearer token: for operators' tools, or for a workflow that reads the feed. It is valid
    until ``expires``, a date (its beginning in Sweden) or a time."""

    token: SecretStr
    role: Role = "read"
    use: Use = "operator"
    kommuner: tuple[str, ...] = ("*",)
    expires: AwareDatetime | Literal["never"] = "never"

    @field_validator("expires", mode="before")
    @classmethod
    def _moment(cls, told: Any) -> Any:
        """TOML has dates and times of its own; the environment has text."""
        if isinstance(told, str) and told != "never":
            told = datetime.fromisoformat(told)
        if isinstance(told, date) and not isinstance(told, datetime):
            told = datetime.combine(told, time.min)
        if isinstance(told, datetime):
            return told if told.tzinfo else told.replace(tzinfo=STOCKHOLM)
        if told != "never":
            raise ValueError("a date or a time, or never")
        return told

    @property
    def ends(self) -> datetime | None:
        return None if self.expires == "never" else self.expires


class Limits(Section):
    """Caps on what is read before it is trusted."""

    body_bytes: int = 1_048_576
    body_within_s: Annotated[float, Field(gt=0)] = 30
    batch_events: int = 500
    timestamp_tolerance_s: Seconds = 300
    min_free_bytes: Annotated[int, Field(ge=0)] = 256 * 1024 * 1024


class Worker(Section):
    """How the worker claims and drains."""

    concurrency: Annotated[int, Field(ge=1, le=256)] = 8
    lease_s: Annotated[float, Field(gt=0)] = 60
    sweep_s: Annotated[float, Field(gt=0)] = 2
    drain_s: Seconds = 20
    stall_s: Annotated[float, Field(gt=0)] = 120


class Cli(Section):
    """``token_required``: commands ask for a token, whose role bounds them."""

    token_required: bool = False


class Alerts(Partner):
    """When something needs a person, and where that is told; without ``url`` in the log only."""

    url: str = ""
    secret: SecretStr = SecretStr("")
    timeout_s: Annotated[float, Field(gt=0)] = 5
    every_s: Annotated[float, Field(gt=0)] = 15
    late_s: Annotated[float, Field(gt=0)] = 300


class Frist(Section):
    """A kommun's choices for one of the handbook's time limits; left out is as it says."""

    insatstyper: frozenset[Insatstyp] | None = None
    varna_dagar: Annotated[int, Field(ge=0, le=365)] | None = None


class Krav(Section):
    """Rules about a document's content that are not asked for here (``handbook.krav``).

    Only those may be named that come from rules which may have been replaced.
    """

    utan: tuple[str, ...] = ()

    @field_validator("utan")
    @classmethod
    def _valbara(cls, koder: tuple[str, ...]) -> tuple[str, ...]:
        if okanda := sorted(set(koder) - VALBARA):
            kanda = ", ".join(sorted(VALBARA))
            raise ValueError(f"{okanda[0]} cannot be taken away; only {kanda} can")
        return koder


class Retention(Section):
    """How long things are kept, in days; ``inf`` is for ever."""

    payload_days: Annotated[float, Field(ge=0)] = inf
    row_days: Annotated[float, Field(ge=0)] = inf

    @model_validator(mode="after")
    def _rows_outlast_payloads(self) -> Self:
        if self.row_days < self.payload_days:
            raise ValueError("row_days may not be less than payload_days")
        return self


class Settings(Section):
    """Everything the bridge is told. ``base`` is the folder that relative paths count from."""

    base: Path = Path()
    database_url: SecretStr = SecretStr("sqlite:///var/bridge.db")
    broker_url: SecretStr = SecretStr("")
    master_key: SecretStr = SecretStr("")
    index_key: SecretStr = SecretStr("")
    earlier_master_keys: tuple[SecretStr, ...] = ()
    kommun: Mapping[str, Kommun] = {}
    source: Mapping[str, Source] = {}
    callback: Callback | None = None
    token: Mapping[str, Token] = {}
    cli: Cli = Cli()
    limits: Limits = Limits()
    worker: Worker = Worker()
    alerts: Alerts = Alerts()
    profiles: Path = Path("profiles")
    frist: Mapping[str, Frist] = {}
    krav: Krav = Krav()
    avvikelse_vantar_s: Seconds = 900
    certificate_warning_days: Annotated[float, Field(ge=0)] = 30
    retention: Retention = Retention()
    waiting_report_days: Annotated[float, Field(gt=0)] = 14

    @field_validator("frist")
    @classmethod
    def _known_limits(cls, chosen: Mapping[str, Frist]) -> Mapping[str, Frist]:
        for kod, choice in chosen.items():
            if kod not in REGEL:
                raise ValueError(f"there is no time limit {kod}; known: {', '.join(REGEL)}")
            if REGEL[kod].vikt == "lag" and choice.insatstyper is not None:
                raise ValueError(f"{kod} is law for every kind of insats: leave insatstyper out")
        return chosen

    @property
    def var(self) -> Path:
        """Where the embedded default keeps its database, sockets and locks."""
        return self.base / "var"

    def sqlalchemy_url(self) -> str:
        """The database address with a relative SQLite path resolved against ``base``."""
        url = self.database_url.get_secret_value()
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + "/"):
            return prefix + str((self.base / url.removeprefix(prefix)).absolute())
        return url

"""A bridge.toml for tests: two kommuner against the sandbox, with short times."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from bbic_bridge.settings import Settings, load

KEYS = ("master_key", "index_key")
WEBHOOK_SECRETS = tuple(
    f"{name}_secret"
    for name in ("workflow_webhook", "callback", "malmo_webhook", "exempel_webhook")
)
TOKENS = ("admin_token", "operate_token", "read_token", "workflow_token")
TEMPLATE = """\
{database_url}
{broker_url}
master_key_file = "secrets/master_key"
index_key_file = "secrets/index_key"

[worker]
concurrency = 4
lease_s = 8
sweep_s = 0.2
drain_s = 3

[source.handbok]
secrets_files = ["secrets/workflow_webhook_secret"]

[callback]
url = "{sandbox}/workflow/events"
secret_file = "secrets/callback_secret"
timeout_s = 1
retry = {{ base_s = 0.1 }}
breaker = {{ probe_s = 0.2, probe_max_s = 1 }}

[token.admin]
token_file = "secrets/admin_token"
role = "admin"
[token.operate]
token_file = "secrets/operate_token"
role = "operate"
[token.read]
token_file = "secrets/read_token"
[token.workflow]
token_file = "secrets/workflow_token"
use = "feed"

[kommun.malmo]
system = "procapita"
write_url = "{sandbox}/procapita/malmo/soap"
read_url = "{sandbox}/procapita/malmo/WESE.FC.Api.FC"
domain = "malmo"
key = "sandbox"
webhook_secrets_files = ["secrets/malmo_webhook_secret"]
{patience}
[kommun.malmo.enheter.hemmet]
enhet_id = "hemmet"
enhetschef = "Hedda Hemmet"

[kommun.exempel]
system = "treserva"
write_url = "{sandbox}/treserva/exempel/api"
read_url = "{sandbox}/treserva/exempel/api"
webhook_secrets_files = ["secrets/exempel_webhook_secret"]
{patience}
[kommun.exempel.enheter.chansen]
enhet_id = "chansen"
enhetschef = "Charlotta Chef"
"""
PATIENCE = """\
timeout_s = 1
settle_s = 1
verify_s = 30
sync_every_s = 1
retry = { base_s = 0.1, give_up_after_s = 60 }
breaker = { probe_s = 0.2, probe_max_s = 1 }
"""


def secret(name: str) -> str:
    """The same on every run: the sandbox may have been started before the bridge was written."""
    value = base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()
    return f"whsec_{value}" if name in WEBHOOK_SECRETS else value


@dataclass(frozen=True)
class Configuration:
    """A written configuration, and where the bridge that uses it is to listen."""

    path: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        return load(self.path, {})


def write_configuration(
    folder: Path,
    *,
    sandbox_url: str,
    port: int,
    database_url: str = "",
    broker_url: str = "",
    patience: str = PATIENCE,
) -> Configuration:
    """Writes bridge.toml and its secrets; an empty address means the embedded default."""
    (folder / "secrets").mkdir(parents=True)
    for name in (*KEYS, *WEBHOOK_SECRETS, *TOKENS):
        (folder / "secrets" / name).write_text(secret(name))
    text = TEMPLATE.format(
        sandbox=sandbox_url,
        patience=patience,
        database_url=f'database_url = "{database_url}"' if database_url else "",
        broker_url=f'broker_url = "{broker_url}"' if broker_url else "",
    )
    path = folder / "bridge.toml"
    path.write_text(text)
    return Configuration(path, port)

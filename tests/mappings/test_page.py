"""The page of fields in the docs is what the bridge means; the guide's examples are sound."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from bbic_bridge.mappings.definition import FieldDef, ProfileDef
from bbic_bridge.mappings.messages import ANDRINGAR, OPERATIONER, OVRIGA
from bbic_bridge.mappings.page import page

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "mapping.md").read_text(encoding="utf-8")


def test_the_page_in_the_docs_is_what_the_bridge_means() -> None:
    assert (DOCS / "mapping-fields.md").read_text(encoding="utf-8") == page(), (
        "run: python -m bbic_bridge.mappings > docs/mapping-fields.md"
    )


def test_the_command_prints_the_page() -> None:
    command = [sys.executable, "-m", "bbic_bridge.mappings"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == page()


def test_every_message_has_its_table() -> None:
    for name in (*OPERATIONER, *OVRIGA, *ANDRINGAR):
        assert re.search(rf'^## `\[\w+\."?{re.escape(name)}"?\]`$', page(), re.MULTILINE), name


def test_the_guide_explains_every_key() -> None:
    code = "\n".join(re.findall(r"```toml.*?```|`[^`\n]+`", GUIDE, re.DOTALL))
    top = {field.alias or name for name, field in ProfileDef.model_fields.items()}
    for key in {*top, *FieldDef.model_fields}:
        assert re.search(rf"\b{key}\b", code), key


def test_the_snippets_of_the_guide_are_toml() -> None:
    snippets = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert len(snippets) >= 5
    for snippet in snippets:
        assert tomllib.loads(snippet)

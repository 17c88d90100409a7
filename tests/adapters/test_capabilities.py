"""The page on what adapters can do is what the adapters say; the port is what they fill."""

import subprocess
import sys
from pathlib import Path

from bbic_bridge.adapters.matrix import page

PAGE = Path(__file__).parents[2] / "docs" / "adapters" / "capabilities.md"


def test_the_page_in_the_docs_is_what_the_adapters_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run: python -m bbic_bridge.adapters > docs/adapters/capabilities.md"
    )


def test_the_command_prints_the_page() -> None:
    command = [sys.executable, "-m", "bbic_bridge.adapters"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == page()

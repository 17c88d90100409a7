"""docs/security.md names a proof for each promise: every one of them must be a test."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROOFS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", PAGE)))


def names(path: Path) -> set[str]:
    """Every test of a file, with its class if it has one."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{one}" for one in _functions(node)}
    return found | _functions(ast.parse(path.read_text(encoding="utf-8")))


def _functions(node: ast.ClassDef | ast.Module) -> set[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {one.name for one in node.body if isinstance(one, kinds)}


def test_every_proof_is_a_test() -> None:
    assert len(PROOFS) > 40
    missing = [proof for proof in PROOFS if proof[1] not in names(ROOT / proof[0])]
    assert missing == []


def test_every_promise_has_a_proof() -> None:
    table = PAGE.split("## Each promise with its proof")[1]
    rows = [row for row in table.splitlines() if row.startswith("| ") and "---" not in row][1:]
    assert [row for row in rows if "`tests/" not in row] == []

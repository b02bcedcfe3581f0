"""The README's table of variables is the truth about the settings."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_variable_is_listed_and_read() -> None:
    settings = (ROOT / "plandex_server/settings/base.py").read_text()
    read = set(re.findall(r'env_\w+\(\s*"([A-Z_]+)"', settings))
    listed = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert listed == read
    assert "PORT" in read

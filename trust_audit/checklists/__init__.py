"""The checklists shipped with the product, as files."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from trust_audit.rules.checklist import Checklist, read_checklist

SHIPPED = "1"


@cache
def shipped_data(version: str = SHIPPED) -> dict[str, Any]:
    """The file as it is; raises ``FileNotFoundError`` for a version that was never shipped."""
    with (Path(__file__).parent / f"v{version}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def shipped(version: str = SHIPPED) -> Checklist:
    return read_checklist(shipped_data(version))

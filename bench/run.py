"""``python -m bench.run [NAME …]``: run each benchmark of this folder and print its ratios.

A benchmark is a module with ``main(argv)`` or a script; it prints JSON lines, each with ``name``, ``seconds``,
``floor_seconds`` and ``ratio`` (its time over the floor of the same run), and whatever else it measured.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
NO_BENCHMARKS = {"run", "__init__"}


def benchmarks() -> list[str]:
    """Modules that can be run: those that end in a ``__main__`` guard."""
    return sorted(
        file.stem
        for file in FOLDER.glob("*.py")
        if file.stem not in NO_BENCHMARKS and '__name__ == "__main__"' in file.read_text()
    )


def run(name: str) -> tuple[int, list[dict[str, Any]]]:
    """Run one benchmark in a process of its own; returns its exit code and its JSON lines."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done.returncode, [{"benchmark": name} | row for row in rows]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def _line(row: dict[str, Any]) -> str:
    others = " ".join(f"{name}={_cell(value)}" for name, value in row.items() if name != "benchmark")
    return f"{row['benchmark']:<14} {others}"


def main(names: list[str]) -> int:
    failed = []
    for name in names or benchmarks():
        code, rows = run(name)
        for row in rows:
            sys.stdout.write(_line(row) + "\n")
        if code:
            failed.append(name)
            sys.stdout.write(f"{name:<14} ended with {code}\n")
        sys.stdout.flush()
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

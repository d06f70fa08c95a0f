"""``python -m bench.run [--full] [NAME …]``: run the benchmarks of this folder and print a table of ratios.

A benchmark is a module that prints JSON lines, each with ``name``, ``seconds``, ``floor_seconds`` and ``ratio``
(its time over the floor of the same run), and whatever else it measured. Small sizes, done in a few minutes;
``--full`` takes the sizes of each module, up to a hundred thousand clients.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SMALL = {
    "duplicates": ["--clients", "10000"],
    "fit": ["--clients", "10000"],
    "import_records": ["10000"],
    "import_rows": ["20000"],
    "migration": ["--clients", "5000"],
    "night": ["--clients", "10000"],
    "pages": ["--clients", "2500", "--requests", "10"],
    "probes": [],
    "stability": ["--clients", "20000"],
}
SHOWN = ("name", "seconds", "floor_seconds", "ratio")
TABLE = "{:<34} {:>10} {:>10} {:>9}  {}\n"


def run(name: str, sizes: list[str]) -> tuple[int, list[dict[str, Any]]]:
    """Run one benchmark in a process of its own; returns its exit code and its JSON lines."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", *sizes],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def _line(row: dict[str, Any]) -> str:
    others = " ".join(f"{name}={_cell(value)}" for name, value in row.items() if name not in SHOWN)
    return TABLE.format(*(_cell(row.get(name, "")) for name in SHOWN), others)


def main(arguments: list[str]) -> int:
    """The number of benchmarks that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SMALL, []], default=list(SMALL), metavar="NAME")
    parser.add_argument("--full", action="store_true")
    options, failed = parser.parse_args(arguments), 0
    sys.stdout.write(TABLE.format("benchmark", "seconds", "floor", "ratio", "").rstrip() + "\n")
    for name in options.names:
        code, rows = run(name, [] if options.full else SMALL[name])
        sys.stdout.writelines(_line(row) for row in rows)
        if code:
            failed += 1
            sys.stdout.write(f"{name} ended with {code}\n")
        sys.stdout.flush()
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

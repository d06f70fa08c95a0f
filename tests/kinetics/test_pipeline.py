"""From a file by ``--map`` to published parameters, on orders that follow the model exactly."""

import csv
import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from scipy.optimize import minimize

from tests.kinetics.simulation import CDNOW, CDNOW_VALUES, order_values, purchase_days
from tests.kinetics.test_bgnbd import textbook_likelihood

AS_OF = date(1997, 9, 30)
CLIENTS = 2357


def run_command(*args: str) -> dict[str, Any]:
    out = StringIO()
    call_command(*args, "--json", stdout=out)
    return dict(json.loads(out.getvalue().splitlines()[-1]))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_file_of_the_cdnow_shape_gives_the_reference_parameters(tmp_path: Path) -> None:
    rng = np.random.default_rng(1997)
    ages = rng.integers(27 * 7, 39 * 7, CLIENTS)
    days, _ = purchase_days(CDNOW, ages / 7, rng)
    values = order_values(CDNOW_VALUES, np.array([1 + len(row) for row in days]), rng)
    path = tmp_path / "orders.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["who", "when", "how_much"])
        for number in range(CLIENTS):
            first = AS_OF - timedelta(days=int(ages[number]))
            for offset, value in zip([0, *days[number]], values[number], strict=True):
                when = (first + timedelta(days=int(offset))).isoformat()
                # Two rows a day: transactions collapse by day.
                writer.writerow([f"c{number}", when, f"{value * 0.25:.2f}"])
                writer.writerow([f"c{number}", when, f"{value * 0.75:.2f}"])
    run_command("import_orders", str(path), "--map", "client=who,day=when,amount=how_much")
    found = run_command("recompute_kinetics", "--as-of", AS_OF.isoformat())["expected_revenue"]

    x = np.array([len(row) for row in days], dtype=float)
    t_x = np.array([row[-1] if len(row) else 0 for row in days]) / 7
    reference = minimize(
        textbook_likelihood, np.log([0.3, 4.0, 1.0, 3.0]), args=(x, t_x, ages / 7), method="Nelder-Mead",
        options={"maxiter": 4000, "xatol": 1e-8, "fatol": 1e-8},
    )  # fmt: skip
    ours = [found[name] for name in ("r", "alpha", "a", "b")]
    assert ours == pytest.approx(np.exp(reference.x), rel=0.01)
    assert found["log_likelihood"] == pytest.approx(-reference.fun, abs=0.01)
    assert (found["model"], found["unit"], found["clients"]) == ("model", "weeks", CLIENTS)
    assert [found["p"], found["q"], found["gamma"]] == pytest.approx([6.25, 3.74, 15.44], rel=0.35)
    assert found["gate"]["checked"] is False  # half a year ago there were thirteen weeks

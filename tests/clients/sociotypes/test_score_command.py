"""manage.py score_sociotype FILE.csv --json."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

HEAD = "ref,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,i11,i12,channel,seconds"


def scored(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    out = io.StringIO()
    call_command("score_sociotype", str(path), "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def test_rows_come_in_the_order_of_the_file(tmp_path):
    found = scored(
        tmp_path / "a.csv",
        f"{HEAD}\nx,5,1,5,2,1,1,5,2,5,4,1,1,phone,\ny,,1,5,2,1,1,5,2,,4,1,1,,\n\nz,1,4,1,1,5,5,2,2,1,5,5,4,self,20\n",
    )
    rows = found["rows"]
    assert [(row["ref"], row["type"], row["status"], row["flags"]) for row in rows] == [
        ("x", "technophile", "firm", []),
        ("y", None, "incomplete", []),
        ("z", "technonul", "firm", ["fast"]),
    ]
    assert rows[0]["scales"] == {"A": 5.0, "S": 2.0, "D": 1.0, "O": 1.0}
    assert round(rows[0]["confidence"], 2) == round(90 * rows[0]["p"][0], 2)
    assert set(rows[0]) >= {"ref", "scales", "type", "p", "status", "readiness", "confidence", "flags"}


def test_semicolons_a_mark_and_columns_in_any_order(tmp_path):
    columns = [f"i{n}" for n in range(12, 0, -1)]
    values = [1, 1, 4, 5, 2, 5, 1, 1, 2, 5, 1, 5]
    text = "\ufeff" + ";".join(["REF", *columns]) + "\r\n" + ";".join(["é", *map(str, values)]) + "\r\n"
    assert [(row["ref"], row["type"]) for row in scored(tmp_path / "b.csv", text)["rows"]] == [
        ("é", "technophile")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ref,i1\nx,1\n", "column i2 is missing"),
        (f"{HEAD}\nx,6,1,1,1,1,1,1,1,1,1,1,1,,\n", "line 2: i1 is '6', not 1 to 5 or empty"),
        (f"{HEAD}\n,1,1,1,1,1,1,1,1,1,1,1,1,,\n", "line 2: ref is empty"),
        (f"{HEAD}\nx,1,1,1,1,1,1,1,1,1,1,1,1,fax,\n", "line 2: channel is 'fax', not self, phone or observed"),
        (f"{HEAD}\nx,1,1,1,1,1,1,1,1,1,1,1,1,self,-3\n", "line 2: seconds is below 0"),
        ("", "column ref is missing"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_answer_says_why(tmp_path, text, message):
    with pytest.raises(CommandError) as refused:
        scored(tmp_path / "c.csv", text)
    assert str(refused.value).endswith(f": {message}")


def test_another_encoding_is_refused(tmp_path):
    with pytest.raises(CommandError) as refused:
        scored(tmp_path / "d.csv", HEAD + "\né,1", "latin-1")
    assert str(refused.value).endswith(": the file is not UTF-8")

"""Every file of the corpus gets its verdict; what is refused leaves nothing behind."""

import time
from pathlib import Path

import pytest
from django.utils.translation import override

from clients.models import Client
from common.reading.refusals import FileRefused
from sales.models import DirtyDay, Order, OrderLine
from tests.memory import Peak
from tests.sales.corpus import CORPUS, Case
from tests.sales.helpers import COLUMNS, import_text

SLOWEST_REFUSAL = 5.0
MOST_KILOBYTES = 300_000  # beside the suite itself; the whole stays below 600 MB


def records() -> tuple[int, int, int, int]:
    return tuple(model.objects.count() for model in (Client, Order, OrderLine, DirtyDay))  # type: ignore[return-value]


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_each_file_gets_its_verdict(case: Case, db: None, tmp_path: Path) -> None:
    content = case.content()
    started, peak = time.perf_counter(), Peak()
    if case.refused:
        with pytest.raises(FileRefused) as refusal:
            import_text(tmp_path, content, name=case.file_name, columns=COLUMNS)
        assert peak.growth() < MOST_KILOBYTES
        assert refusal.value.code in case.refused.split("|")
        assert time.perf_counter() - started < SLOWEST_REFUSAL
        with override("en"):
            assert str(refusal.value).endswith((".", ")"))
        assert records() == (0, 0, 0, 0)
        return
    result = import_text(tmp_path, content, name=case.file_name, columns=COLUMNS)
    assert peak.growth() < MOST_KILOBYTES
    assert (result["accepted"], result["rejected"]) == (case.accepted, case.rejected)
    assert result["read"] == case.accepted + sum(case.rejected.values())
    assert OrderLine.objects.count() == case.accepted


def test_the_corpus_is_large_and_its_names_differ() -> None:
    assert len({case.name for case in CORPUS}) == len(CORPUS)
    assert len(CORPUS) >= 90

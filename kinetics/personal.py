"""What the nights computed about a private client, with the rules that said so."""

from collections.abc import Iterator

from clients.personal.sources import Section, Source, Subject
from kinetics.explanations import why
from kinetics.labels import INDICATORS
from kinetics.models import ClientIndicator


def collect(subject: Subject) -> Iterator[Section]:
    if not subject.is_whole:
        return
    rows = ClientIndicator.objects.filter(client__in=subject.client_ids, run__state="published")
    columns = ["as_of", "rule_version", "indicator", "state", "why"]
    yield Section(
        "indicators",
        ClientIndicator._meta.verbose_name_plural or "",
        columns,
        [
            [row.run.as_of, row.run.code_version, str(shown.title), str(shown.state_label), " ".join(shown.sentences)]
            for row in rows.select_related("run", "client").order_by("run__as_of")
            for shown in (why(row, indicator) for indicator in INDICATORS)
        ],
    )  # fmt: skip


source = Source("kinetics", collect, position=40)

"""Everything held about a person as one ZIP: a page to read, JSON and CSV to take elsewhere."""

import csv
import io
import json
import zipfile
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from clients.models import Trail
from clients.personal.sources import Section, Subject, sources
from clients.rules import TrailAct
from common.exports import safe_cell

STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a2120}
table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}th,td{border:1px solid #ccd2cd;padding:.3rem .5rem;
text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#f3f4f1}.scroll{overflow-x:auto}
"""


def sections_of(subject: Subject) -> list[Section]:
    return [section for source in sources() for section in source.collect(subject)]


@transaction.atomic
def export_subject(*, subject: Subject, to: IO[bytes], by: Any, now: datetime) -> dict[str, int]:
    """Write the ZIP in the language of whom it is about and note that the data were handed out; returns rows by table."""
    with translation.override(subject.language), zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        sections = sections_of(subject)
        filled = [section for section in sections if section.rows]
        archive.writestr("index.html", _page(subject, filled, now))
        archive.writestr("style.css", STYLE)
        archive.writestr("data.json", _json(subject, sections, now))
        for section in filled:
            archive.writestr(f"csv/{section.key}.csv", _csv(section))
    Trail.objects.create(
        act=TrailAct.EXPORTED.value, subject=subject.kind, record_id=subject.record_id, by=by, at=now
    )
    return {section.key: len(section.rows) for section in filled}


def _page(subject: Subject, sections: list[Section], now: datetime) -> str:
    context = {"subject": subject, "sections": sections, "now": now, "company": settings.CMIX_COMPANY}
    return render_to_string("clients/person_export.html", context)


def _json(subject: Subject, sections: list[Section], now: datetime) -> str:
    data = {
        "of": subject.name,
        "made_at": now,
        "sections": {
            section.key: [
                dict(zip(section.names or section.columns, row, strict=True)) for row in section.rows
            ]
            for section in sections
        },
    }
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _csv(section: Section) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(section.columns)
    for row in section.rows:
        writer.writerow([safe_cell(_flat(value)) for value in row])
    return "\ufeff" + file.getvalue()


def _flat(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)
    return value

"""What pages hold many of: data of charts, and icons by reference."""

import json
import re

from django.template import engines

from common.templatetags.cmix import data_script


def rendered(source: str) -> str:
    return str(engines["django"].from_string(source).render({}))


def test_data_of_a_chart_is_compact_readable_and_cannot_end_its_script() -> None:
    data = {"name": "Clés & <b></script>", "points": [[1, 2.5, None]]}
    html = data_script(data, "grid-data")
    found = re.fullmatch(r'<script id="grid-data" type="application/json">(.*)</script>', html)
    assert found is not None
    assert found[1] == r'{"name":"Clés \u0026 \u003Cb\u003E\u003C/script\u003E","points":[[1,2.5,null]]}'
    assert json.loads(found[1]) == data


def test_an_icon_by_reference_points_at_a_drawing_of_the_page() -> None:
    html = rendered('{% icon_symbols "clock" "x-lg" %}{% icon_again "clock" %}{% icon_again "x-lg" %}')
    drawn = re.findall(r'<symbol id="([^"]+)"[^>]*><path', html)
    assert drawn == ["icon-clock", "icon-x-lg"]
    assert re.findall(r'<use href="#([^"]+)"/>', html) == drawn

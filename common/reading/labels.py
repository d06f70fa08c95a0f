"""The words about files that people send."""

from django.utils.translation import gettext_lazy as _

from common.reading.shapes import Shape

DATE_FORMATS = {
    "%Y-%m-%d": _("2026-01-31"),
    "%d/%m/%Y": _("31/01/2026 (day first)"),
    "%m/%d/%Y": _("01/31/2026 (month first)"),
    "%d.%m.%Y": _("31.01.2026"),
    "%Y%m%d": _("20260131"),
    "ISO": _("2026-01-31"),
}
DECIMAL_MARKS = {",": _("Comma: 12,50"), ".": _("Point: 12.50")}

SHAPES = {
    Shape.NUL_BYTE: _("The row holds NUL bytes."),
    Shape.FIELD_TOO_LONG: _("A cell is too long."),
    Shape.QUOTES_BROKEN: _("Text follows a closing quotation mark."),
    Shape.TOO_FEW_CELLS: _("The row has fewer cells than the header."),
    Shape.TOO_MANY_CELLS: _("The row has more cells than the header."),
}

# Why a whole file is refused: what is wrong, and what helps.
REFUSALS = {
    "gone": _("The file is no longer here. Upload it again."),
    "kind_unknown": _("Only files ending in .csv, .csv.gz or .xlsx can be read."),
    "not_what_it_says": _("The content of the file is not what its name says (%(name)s)."),
    "not_text": _("The file holds binary data, not text. Export it again as CSV or XLSX."),
    "empty": _("The file is empty."),
    "no_rows": _("The file holds no row below its header."),
    "too_large": _("The file is too large to be read."),
    "bomb": _("Unpacked, the file would be far larger than any such list. It was not opened further."),
    "broken_off": _("The file breaks off half-way: it was cut while being copied. Nothing of it was kept."),
    "damaged": _("The file is damaged and cannot be read. Export it again."),
    "encoding": _("The text is not written in %(encoding)s as expected. Export the file in UTF-8."),
    "encoding_unknown": _("There is no encoding called %(encoding)s."),
    "encoding_mixed": _("The text mixes several encodings. Export the file in UTF-8."),
    "line_too_long": _("A line of the file is too long to be a row."),
    "too_many_columns": _("The file has more than %(most)s columns."),
    "too_many_rows": _("The sheet has more than %(most)s rows. Export it as CSV."),
    "workbook_memory": _("The workbook needs more memory than allowed (%(most)s MB). Export the sheet as CSV."),
    "workbook_time": _("Reading the workbook takes longer than allowed (%(most)s seconds). Export the sheet as CSV."),
    "workbook_wait": _("Reading the workbook stood still for longer than allowed (%(most)s seconds). Try again, or export the sheet as CSV."),
    "quote_not_closed": _("A quotation mark opened on line %(line)s is never closed."),
    "encrypted": _("The file is protected by a password. Save it without one."),
    "old_excel": _("This is an old Excel file (.xls). Save it as .xlsx."),
    "macros": _("The workbook holds macros. Save it as .xlsx without them."),
    "entities": _("The workbook declares XML entities, which no spreadsheet program writes."),
    "columns_unmapped": _("Say which columns hold: %(fields)s. The file has: %(columns)s."),
    "columns_missing": _("The file has no column called %(missing)s. It has: %(columns)s."),
    "columns_doubled": _("The file has several columns called %(columns)s."),
    "date_unclear": _(
        "Day and month cannot be told apart (for instance %(example)s). Say which of them the file writes first."
    ),
    "date_mixed": _("Some days are written day first and some month first (%(first)s, %(second)s)."),
    "date_unknown": _("The days cannot be read (for instance %(example)s). Say how the file writes them."),
    "date_format": _("%(format)s is not a date format."),
    "decimal_unclear": _("It is not clear whether %(example)s has decimals. Say which decimal mark the file uses."),
    "decimal_mixed": _("Some numbers use a decimal comma and some a decimal point (%(first)s, %(second)s)."),
}  # fmt: skip

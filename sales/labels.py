from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sales.rules import Channel, Field, ImportState, Reject

CHANNELS = {
    Channel.UNKNOWN: pgettext_lazy("channel", "Unknown"),
    Channel.ONLINE: pgettext_lazy("channel", "Online"),
    Channel.OFFLINE: pgettext_lazy("channel", "Offline"),
}
IMPORT_STATES = {
    ImportState.UPLOADED: _("To be confirmed"),
    ImportState.QUEUED: _("Importing"),
    ImportState.DONE: _("Imported"),
    ImportState.REFUSED: _("Refused"),
}

DATE_FORMATS = {
    "%Y-%m-%d": _("2026-01-31"),
    "%d/%m/%Y": _("31/01/2026 (day first)"),
    "%m/%d/%Y": _("01/31/2026 (month first)"),
    "%d.%m.%Y": _("31.01.2026"),
    "%Y%m%d": _("20260131"),
    "ISO": _("2026-01-31"),
}
DECIMAL_MARKS = {",": _("Comma: 12,50"), ".": _("Point: 12.50")}

FIELDS = {
    Field.CLIENT: _("Client reference"),
    Field.DAY: _("Day"),
    Field.AMOUNT: _("Net amount of the line"),
    Field.QUANTITY: _("Quantity"),
    Field.UNIT_PRICE: _("Unit price"),
    Field.ORDER: _("Order reference"),
    Field.PRODUCT: _("Product reference"),
    Field.COST: _("Cost of the line"),
    Field.CURRENCY: _("Currency code"),
    Field.CLIENT_NAME: _("Client name"),
    Field.PRODUCT_NAME: _("Product name"),
    Field.CATEGORY: _("Product category"),
    Field.CITY: _("City of the client"),
    Field.COUNTRY: _("Country of the client"),
}

REJECTS = {
    Reject.CLIENT_MISSING: _("The row names no client."),
    Reject.DAY_MISSING: _("The row has no day."),
    Reject.DAY_UNREADABLE: _("The day cannot be read in the format of this file."),
    Reject.DAY_OUT_OF_RANGE: _("The day lies before 1970 or after 2100."),
    Reject.DAY_IN_FUTURE: _("The day lies in the future."),
    Reject.NUMBER_MISSING: _("An amount, quantity or price is empty."),
    Reject.NUMBER_UNREADABLE: _(
        "An amount, quantity, price or cost is not a number as this file writes them."
    ),
    Reject.NUMBER_OUT_OF_RANGE: _("An amount, quantity, price or cost is too large."),
    Reject.ORDER_MISSING: _("The row names no order."),
    Reject.CURRENCY_UNKNOWN: _("The currency is not a code of three letters."),
    Reject.REFERENCE_TOO_LONG: _("A reference is too long."),
    Reject.FORMULA: _("A cell holds a formula."),
    Reject.NUL_BYTE: _("The row holds NUL bytes."),
    Reject.FIELD_TOO_LONG: _("A cell is too long."),
    Reject.QUOTES_BROKEN: _("Text follows a closing quotation mark."),
    Reject.TOO_FEW_CELLS: _("The row has fewer cells than the header."),
    Reject.TOO_MANY_CELLS: _("The row has more cells than the header."),
    Reject.ORDER_OF_OTHER_CLIENT: _("The order belongs to another client."),
    Reject.NOT_YOUR_CLIENT: _("You may not import for this client."),
    Reject.ERASED: _("The data of this client were erased on request and may not come back."),
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
    "bomb": _("Unpacked, the file would be far larger than a list of sales. It was not opened further."),
    "broken_off": _("The file breaks off half-way: it was cut while being copied. Nothing of it was kept."),
    "damaged": _("The file is damaged and cannot be read. Export it again."),
    "encoding": _("The text is not written in %(encoding)s as expected. Export the file in UTF-8."),
    "encoding_unknown": _("There is no encoding called %(encoding)s."),
    "encoding_mixed": _("The text mixes several encodings. Export the file in UTF-8."),
    "line_too_long": _("A line of the file is too long to be a row of sales."),
    "too_many_columns": _("The file has more than %(most)s columns."),
    "too_many_rows": _("The sheet has more than %(most)s rows. Export it as CSV."),
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

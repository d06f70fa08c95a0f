"""Files of records that nobody should send, or that are only odd, and the verdict each must get."""

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from intake.rules import Kind
from tests.sales import corpus as sales

HEADERS = {
    Kind.CLIENTS: "ref,name,kind,owner,email,phone,website,language,parent,tags,observed_from,country",
    Kind.PEOPLE: "client,ref,first_name,last_name,role,is_decision_maker,email,phone,language,legal_basis,last_contact_on",
    Kind.UNITS: "ref,name,kind,head,client,joined_on,left_on",
    Kind.PRODUCTS: "ref,name,category,near_universe,sold_online,introduced_on,unit_cost",
    Kind.COSTS: "product,unit_cost,order,day,position,line_cost",
    Kind.INTERACTIONS: "client,kind,happened_at,summary,ref,person,by,minutes,came_from_client",
}
# Two rows of each kind that are taken in the world of test_hostile_records.
GOOD = {
    Kind.CLIENTS: ("N1,Écluse,company,,a@mail.example,+33 1 02 03 04 05,x.example,fr,,a,2024-02-29,France", "N2,Two,,,,,,,N1,,,"),
    Kind.PEOPLE: ("A,P8,Ida,Lund,uses,no,ida@mail.example,,en,contract,2026-11-01", "A,P9,,Solo,,,,,,,"),
    Kind.UNITS: ("V1,Household,household,P1,A,2024-01-01,", "V2,Group,group,,,,"),
    Kind.PRODUCTS: ("R1,Comté,Food > Cheese,no,yes,2019-03-01,3.20", "R2,Box,,,,,"),
    Kind.COSTS: ("K1,1.50,,,,", "K1,,O1,2024-03-01,1,9.90"),
    Kind.INTERACTIONS: ("A,call,2026-11-03 10:30,Hello,I1,P1,,15,yes", "A,visit,2026-11-04,Saw them,,,,,"),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """``refused``: the code of the refusal; else the rows accepted and (line, reason, field) of each rejected."""

    name: str
    kind: Kind
    content: Callable[[], bytes]
    file_name: str = "records.csv"
    refused: str = ""
    accepted: int = 2
    rejected: tuple[tuple[int, str, str], ...] = field(default=())
    columns: dict[str, str] | None = None


def body(kind: Kind, *rows: str) -> str:
    return "\n".join((HEADERS[kind], *GOOD[kind], *rows)) + "\n"


def row(kind: Kind, name: str, cells: str, code: str, label: str = "") -> Case:
    """One bad row below two good ones."""
    return Case(name, kind, lambda: body(kind, cells).encode(), rejected=((4, code, label),))


def taken(kind: Kind, name: str, cells: str) -> Case:
    return Case(name, kind, lambda: body(kind, cells).encode(), accepted=3)


def text(
    name: str, change: Callable[[str], bytes], refused: str = "", kind: Kind = Kind.CLIENTS, **more: Any
) -> Case:
    return Case(name, kind, lambda: change(body(kind)), refused=refused, **more)


def book(kind: Kind, *rows: list[Any], change: Callable[[Any], None] = lambda book: None) -> bytes:
    """The header of a kind, then ``rows``; ``change`` is given the workbook before it is saved."""
    workbook = Workbook()
    for cells in (HEADERS[kind].split(","), *rows):
        workbook.active.append(cells)
    change(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def sheet(
    kind: Kind, name: str, *rows: list[Any], change: Callable[[Any], None] = lambda book: None, **more: Any
) -> Case:
    return Case(name, kind, lambda: book(kind, *rows, change=change), "records.xlsx", **more)


def forged(change: Callable[[bytes], bytes], member: str = sales.SHEET) -> Callable[[], bytes]:
    """A workbook of two clients with one of its members changed."""

    def make() -> bytes:
        source = io.BytesIO(book(Kind.CLIENTS, ["N1", "One"], ["N2", "Two"]))
        target = io.BytesIO()
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
            for name in old.namelist():
                new.writestr(name, change(old.read(name)) if name == member else old.read(name))
        return target.getvalue()

    return make


def from_1904(workbook: Any) -> None:
    workbook.epoch = CALENDAR_MAC_1904


def merged(workbook: Any) -> None:
    workbook.active.merge_cells("A3:B3")


def hidden_first(workbook: Any) -> None:
    workbook.active.sheet_state = "visible"
    workbook.create_sheet("Hidden", 0).sheet_state = "hidden"


C, P, U, R, K, I = Kind.CLIENTS, Kind.PEOPLE, Kind.UNITS, Kind.PRODUCTS, Kind.COSTS, Kind.INTERACTIONS  # noqa: E741

FILES = [
    text("utf-8 with mark", lambda body: body.encode("utf-8-sig")),
    text("utf-16", lambda body: body.encode("utf-16")),
    text("utf-16-be without mark", lambda body: body.encode("utf-16-be")),
    text("Windows-1252", lambda body: body.encode("cp1252")),
    text("semicolons", lambda body: body.replace(",", ";").encode()),
    text("tabs", lambda body: body.replace(",", "\t").encode(), file_name="records.tsv"),
    text("bars", lambda body: body.replace(",", "|").encode()),
    text("old Mac line ends", lambda body: body.replace("\n", "\r").encode()),
    text("Windows line ends", lambda body: body.replace("\n", "\r\n").encode()),
    text("blank lines", lambda body: ("\n\n" + body.replace("\n", "\n\n")).encode()),
    text("packed", lambda body: gzip.compress(body.encode()), file_name="records.csv.gz"),
    text("header in capitals", lambda body: (body.split("\n")[0].upper() + body[body.index("\n"):]).encode()),
    text("empty", lambda body: b"", "empty"),
    text("only line ends", lambda body: b"\r\n\r\n", "empty"),
    text("only a header", lambda body: HEADERS[C].encode() + b"\n", "no_rows"),
    text("no header", lambda body: body.split("\n", 1)[1].encode(), "columns_missing"),
    text("binary renamed", lambda body: bytes(range(256)) * 40, "not_text"),
    text("picture renamed", lambda body: b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 200, "not_text"),
    text("text called workbook", lambda body: body.encode(), "not_what_it_says", file_name="records.xlsx"),
    text("text called packed", lambda body: body.encode(), "not_what_it_says", file_name="records.csv.gz"),
    text("program", lambda body: b"MZ", "kind_unknown", file_name="records.exe"),
    text("doubled column", lambda body: body.replace("ref,name", "ref,ref", 1).encode(), "columns_doubled"),
    text("too many columns", lambda body: (HEADERS[C] + ",x" * 2000 + "\n").encode(), "too_many_columns"),
    text("endless line", lambda body: body.encode() + b"x" * 9_000_000, "line_too_long"),
    text("quote never closed", lambda body: body.encode() + b'"N3,Three\n', "quote_not_closed"),
    text("cut inside a row", lambda body: body.encode()[:-5], "broken_off"),
    text("cut packed file", lambda body: gzip.compress(body.encode() * 99)[:-20], "broken_off", file_name="r.csv.gz"),
    text("packed bomb", lambda body: gzip.compress(body.encode() + b"N3,x\n" * 9_000_000, 9), "bomb", file_name="r.csv.gz"),
    text("mixed encodings", lambda body: body.encode() + "é".encode() * 30 + b"\xe9,N,,,,,,,,,,\n", "encoding_mixed"),
    text("day or month first", lambda body: body.replace("2024-02-29", "01/02/2024").encode(), "date_unclear"),
    text("no day at all", lambda body: body.replace("2024-02-29", "soon").encode(), "date_unknown"),
    text("group or decimals", lambda body: body.replace("3.20", '"1,234"').encode(), "decimal_unclear", R),
    text("a needed column is not chosen", lambda body: body.encode(), "columns_unmapped", columns={"name": "name"}),
    text("a chosen column is absent", lambda body: body.encode(), "columns_missing", columns={"ref": "ref", "name": "nope"}),
]  # fmt: skip

ROWS = [
    row(C, "no reference", ",Three,,,,,,,,,,", "missing", "Client reference"),
    row(C, "blank reference", "   ,Three,,,,,,,,,,", "missing", "Client reference"),
    row(C, "only unseen letters as reference", "\u200b\u202e,Three,,,,,,,,,,", "missing", "Client reference"),
    row(C, "no name", "N3,,,,,,,,,,,", "missing", "Name"),
    row(C, "long reference", "N" * 65 + ",Three,,,,,,,,,,", "too_long", "Client reference"),
    row(C, "long name", "N3," + "n" * 201 + ",,,,,,,,,,", "too_long", "Name"),
    row(C, "huge cell", "N3," + "n" * 200_000 + ",,,,,,,,,,", "field_too_long"),
    row(C, "NUL", "N3,Th\0ree,,,,,,,,,,", "nul_byte"),
    row(C, "short row", "N3,Three", "too_few_cells"),
    row(C, "long row", "N3,Three,,,,,,,,,,,,x", "too_many_cells"),
    row(C, "text after a quote", '"N3"x,Three,,,,,,,,,,', "quotes_broken"),
    row(C, "formula as reference", "=cmd|' /C calc'!A0,Three,,,,,,,,,,", "formula", "Client reference"),
    row(C, "formula behind blanks", "N3,  =1+1,,,,,,,,,,", "formula", "Name"),
    row(C, "unknown kind", "N3,Three,club,,,,,,,,,", "not_a_choice", "Kind"),
    row(C, "unknown owner", "N3,Three,,nobody@example.org,,,,,,,,", "owner_unknown", "Owner"),
    row(C, "owner two share", "N3,Three,,Twin,,,,,,,,", "owner_unknown", "Owner"),
    row(C, "owner who left", "N3,Three,,gone@example.org,,,,,,,,", "owner_unknown", "Owner"),
    row(C, "Cyrillic letter in an e-mail", "N3,Three,,,x@ex\u0430mple.org,,,,,,,", "email_letters", "E-mail"),
    row(C, "full-width at sign", "N3,Three,,,x\uff20mail.example,,,,,,,", "email_letters", "E-mail"),
    row(C, "no e-mail", "N3,Three,,,x at mail.example,,,,,,,", "not_an_email", "E-mail"),
    row(C, "two e-mails", "N3,Three,,,a@mail.example b@mail.example,,,,,,,", "not_an_email", "E-mail"),
    row(C, "long e-mail", "N3,Three,,," + "a" * 250 + "@mail.example,,,,,,,", "too_long", "E-mail"),
    row(C, "no phone", "N3,Three,,,,call me,,,,,,", "not_a_phone", "Phone"),
    row(C, "Arabic digits as phone", "N3,Three,,,,٠١٢٣٤٥٦,,,,,,", "not_a_phone", "Phone"),
    row(C, "script as address", "N3,Three,,,,,javascript://x.example/%0aalert(1),,,,,", "not_a_url", "Website"),
    row(C, "local file as address", "N3,Three,,,,,file:///etc/passwd,,,,,", "not_a_url", "Website"),
    row(C, "unknown language", "N3,Three,,,,,,klingon,,,,", "not_a_choice", "Language"),
    row(C, "unknown parent", "N3,Three,,,,,,,NOPE,,,", "parent_unknown", "Parent company"),
    row(C, "its own parent", "N3,Three,,,,,,,N3,,,", "parent_circle", "Parent company"),
    Case("two parents of each other", C, lambda: body(C, "N3,Three,,,,,,,N4,,,", "N4,Four,,,,,,,N3,,,").encode(),
         rejected=((4, "parent_unknown", "Parent company"), (5, "parent_circle", "Parent company"))),
    row(C, "long tag", "N3,Three,,,,,,,," + "t" * 41 + ",,", "too_long", "Tags"),
    row(C, "too many tags", "N3,Three,,,,,,,," + "|".join(map(str, range(21))) + ",,", "too_long", "Tags"),
    row(C, "year 1", "N3,Three,,,,,,,,,0001-01-01,", "day_out_of_range", "Observed from"),
    row(C, "year 9999", "N3,Three,,,,,,,,,9999-12-31,", "day_out_of_range", "Observed from"),
    row(C, "year 10000", "N3,Three,,,,,,,,,10000-01-01,", "not_a_day", "Observed from"),
    row(C, "30 February", "N3,Three,,,,,,,,,2024-02-30,", "not_a_day", "Observed from"),
    row(C, "2 to the 70 as day", "N3,Three,,,,,,,,,1180591620717411303424,", "not_a_day", "Observed from"),
    row(C, "twice in the file", "N1,Again,,,,,,,,,,", "twice_in_file"),
    row(C, "somebody erased", "GONE,Three,,,,,,,,,,", "erased", "Client reference"),
    taken(C, "right to left and combining", "\u202eN3\u202c,e\u0301clair 😀,,,,,,,,,,"),
    taken(C, "line break in a cell", '"N3","Th\nree",,,,,,,,,,'),
    taken(C, "disarmed formula", "'=1+1,'=SUM(A1),,,,,,,,,,"),
    taken(C, "parent below the child", "N3,Three,,,,,,,N2,,,"),
    row(P, "no client", ",P3,,Three,,,,,,,", "missing", "Client reference"),
    row(P, "unknown client", "NOPE,P3,,Three,,,,,,,", "client_unknown", "Client reference"),
    row(P, "erased client", "GONE,P3,,Three,,,,,,,", "erased", "Client reference"),
    row(P, "nothing to know them by", "A,,Ida,,,,,,,,", "missing", "Last name"),
    row(P, "no name for a new one", "A,P3,,,,,,,,,", "missing", "Last name"),
    row(P, "unknown role", "A,P3,,Three,king,,,,,,", "not_a_choice", "Role"),
    row(P, "neither yes nor no", "A,P3,,Three,,perhaps,,,,,", "not_yes_or_no", "Decision-maker"),
    row(P, "unknown basis", "A,P3,,Three,,,,,,because,", "not_a_choice", "Legal basis"),
    row(P, "contact in the future", "A,P3,,Three,,,,,,,2026-11-21", "in_future", "Last contact from the person"),
    Case("same e-mail twice", P, lambda: body(P, "A,,,Four,,,x@mail.example,,,,", "A,,,Five,,,X@MAIL.example,,,,").encode(), accepted=3,
         rejected=((5, "twice_in_file", ""),)),
    row(P, "several fit", "A,,,Twin,,,twin@mail.example,,,,", "ambiguous"),
    row(P, "long first name", "A,P3," + "n" * 101 + ",Three,,,,,,,", "too_long", "First name"),
    row(P, "formula as name", "A,P3,,=1+1,,,,,,,", "formula", "Last name"),
    row(P, "Greek letter in an e-mail", "A,P3,,Three,,,\u03bfx@mail.example,,,,", "email_letters", "E-mail"),
    taken(P, "x means yes", "A,P3,,Three,,x,,,,,"),
    row(U, "no reference of the unit", ",Name,,,,,", "missing", "Reference of the unit"),
    row(U, "no name for a new unit", "V3,,,,,,", "missing", "Name"),
    row(U, "unknown kind of unit", "V3,Three,tribe,,,,", "not_a_choice", "Kind"),
    row(U, "unknown head", "V3,Three,,NOPE,,,", "person_unknown", "Head"),
    row(U, "unknown member", "V3,Three,,,NOPE,,", "client_unknown", "Client reference"),
    row(U, "out before in", "V3,Three,,,B,2024-02-01,2024-01-01", "dates_in_order", "Until"),
    row(U, "member of another", "V3,Three,,,A,2024-05-01,", "other_unit", "Client reference"),
    row(U, "the same membership twice", "V1,,,,A,2024-01-01,", "twice_in_file"),
    row(U, "day before 1970", "V3,Three,,,B,1969-12-31,", "day_out_of_range", "Since"),
    row(R, "no product reference", ",Three,,,,,", "missing", "Product reference"),
    row(R, "no name for a new product", "R3,,,,,,", "missing", "Product name"),
    row(R, "deep path", "R3,Three," + " > ".join("abcdefghijk") + ",,,,", "too_long", "Product category"),
    row(R, "long category", "R3,Three," + "c" * 121 + ",,,,", "too_long", "Product category"),
    row(R, "empty path", "R3,Three,> > >,,,,", "missing", "Product category"),
    row(R, "category inside itself", "R3,Three,Cheese > Food > Cheese,,,,", "category_circle", "Product category"),
    row(R, "category turned round", "R3,Three,Cheese > Food,,,,", "category_circle", "Product category"),
    row(R, "near universe of nothing", "R3,Three,,yes,,,", "missing", "Product category"),
    row(R, "formula in a path", "R3,Three,Food > =1+1,,,,", "formula", "Product category"),
    row(R, "negative cost", "R3,Three,,,,,-1", "out_of_range", "Unit cost"),
    row(R, "2 to the 70 as cost", "R3,Three,,,,,1180591620717411303424", "not_a_number", "Unit cost"),
    row(R, "large cost", "R3,Three,,,,,99999999999", "out_of_range", "Unit cost"),
    row(R, "NaN", "R3,Three,,,,,NaN", "not_a_number", "Unit cost"),
    row(R, "infinity", "R3,Three,,,,,Infinity", "not_a_number", "Unit cost"),
    row(R, "exponent", "R3,Three,,,,,1e5", "not_a_number", "Unit cost"),
    row(R, "full-width digits", "R3,Three,,,,,１２", "not_a_number", "Unit cost"),
    row(R, "hexadecimal", "R3,Three,,,,,0x10", "not_a_number", "Unit cost"),
    row(R, "sold perhaps", "R3,Three,,,perhaps,,", "not_yes_or_no", "Sold on the internet"),
    row(R, "product twice", "R1,Again,,,,,", "twice_in_file"),
    row(K, "unknown product", "NOPE,1,,,,", "product_unknown", "Product reference"),
    row(K, "neither product nor order", ",1,,,,", "missing", "Product reference"),
    row(K, "no cost of the product", "K2,,,,,", "missing", "Unit cost"),
    row(K, "no cost of the line", "K1,,O1,,,", "missing", "Cost of the line"),
    row(K, "unknown order", ",,NOPE,,,1", "order_unknown", "Order reference"),
    row(K, "several lines fit", ",,O1,,,1", "line_unclear"),
    row(K, "no line fits", ",,O1,,9,1", "line_unclear"),
    row(K, "line zero", ",,O1,,0,1", "out_of_range", "Position in the order"),
    row(K, "line 2 to the 62", ",,O1,,4611686018427387904,1", "not_a_number", "Position in the order"),
    row(K, "largest sum and more", ",,O1,,2,99999999999999999", "out_of_range", "Cost of the line"),
    row(K, "product cost twice", "K1,2,,,,", "twice_in_file"),
    row(K, "line cost twice", ",,O1,,1,5", "twice_in_file"),
    row(I, "unknown client of a talk", "NOPE,call,2026-11-03,Hello,,,,,", "client_unknown", "Client reference"),
    row(I, "no kind", "A,,2026-11-03,Hello,,,,,", "missing", "Kind"),
    row(I, "unknown kind of talk", "A,dream,2026-11-03,Hello,,,,,", "not_a_choice", "Kind"),
    row(I, "no moment", "A,call,,Hello,,,,,", "missing", "When"),
    row(I, "tomorrow", "A,call,2026-11-21,Hello,,,,,", "in_future", "When"),
    row(I, "25 o’clock", "A,call,2026-11-03 25:00,Hello,,,,,", "not_a_day", "When"),
    row(I, "zone of 99 hours", "A,call,2026-11-03 10:00+99:00,Hello,,,,,", "not_a_day", "When"),
    row(I, "nothing said", "A,call,2026-11-03,,,,,,", "missing", "What happened"),
    row(I, "long summary", "A,call,2026-11-03," + "s" * 4001 + ",,,,,", "too_long", "What happened"),
    row(I, "person of somebody else", "B,call,2026-11-03,Hello,,P1,,,", "person_unknown", "Person"),
    row(I, "unknown author", "A,call,2026-11-03,Hello,,,nobody,,", "owner_unknown", "By"),
    row(I, "negative minutes", "A,call,2026-11-03,Hello,,,,-5,", "out_of_range", "Minutes"),
    row(I, "more than a day of minutes", "A,call,2026-11-03,Hello,,,,999999,", "out_of_range", "Minutes"),
    row(I, "the same talk again", "A,visit,2026-11-04,Saw them,,,,,", "twice_in_file"),
    taken(I, "talk of many lines", 'A,note,2026-11-03,"a\n\nb",,,,,'),
    taken(I, "with a zone", "A,call,2026-11-03T10:00:00+02:00,Hello,,,,,"),
]  # fmt: skip

WORKBOOKS = [
    sheet(C, "workbook", ["N1", "One"], ["N2", "Two"]),
    sheet(C, "numbers as references", [17, "One"], [18.0, 2]),
    sheet(C, "merged cells", ["N1", "One"], ["N2", "Two"], change=merged, accepted=1, rejected=((3, "missing", "Name"),)),
    sheet(C, "hidden sheet first", ["N1", "One"], ["N2", "Two"], change=hidden_first),
    sheet(C, "no rows", refused="no_rows"),
    sheet(C, "days from 1904", ["N1", "One", *[None] * 8, 43890], ["N2", "Two", *[None] * 8, date(2024, 3, 1)], change=from_1904),
    sheet(C, "day that 1904 puts beyond 2119", ["N1", "One", *[None] * 8, 79_000], ["N2", "Two", *[None] * 8, date(2024, 3, 1)],
          change=from_1904, accepted=1, rejected=((2, "not_a_day", "Observed from"),)),
    sheet(C, "boolean as day", ["N1", "One", *[None] * 8, True], ["N2", "Two", *[None] * 8, date(2024, 3, 1)],
          accepted=1, rejected=((2, "not_a_day", "Observed from"),)),
    sheet(R, "boolean as number", ["R1", "One", None, None, True, None, True], ["R2", "Two"],
          accepted=1, rejected=((2, "not_a_number", "Unit cost"),)),
    sheet(R, "error cell", ["R1", "One", None, None, None, None, "#DIV/0!"], ["R2", "Two"],
          accepted=1, rejected=((2, "not_a_number", "Unit cost"),)),
    sheet(R, "error cell as name", ["R1", "#N/A"], ["R2", "Two"]),
    sheet(R, "formula without a value", ["R1", "=1+1"], ["R2", "Two"], accepted=1, rejected=((2, "missing", "Product name"),)),
    sheet(R, "number of 300 digits", ["R1", "One", None, None, None, None, 1e300], ["R2", "Two"],
          accepted=1, rejected=((2, "out_of_range", "Unit cost"),)),
    sheet(I, "moments as cells", ["A", "call", datetime(2026, 11, 3, 10, 30), "a"], ["A", "call", date(2026, 11, 3), "b"]),
    Case("number that is none", R, lambda: _number(b"NaN"), "r.xlsx", refused="damaged"),
    Case("endless number", R, lambda: _number(b"INF"), "r.xlsx", refused="damaged"),
    Case("empty workbook", C, lambda: sales.rows_of(), "r.xlsx", refused="empty"),
    Case("macros by name", C, lambda: book(C, ["N1", "One"]), "r.xlsm", refused="macros"),
    Case("macros inside", C, lambda: sales.rezipped(**{"xl/vbaProject.bin": b"\0"}), "r.xlsx", refused="macros"),
    Case("password", C, lambda: sales.OLE + "EncryptedPackage".encode("utf-16-le"), "r.xlsx", refused="encrypted"),
    Case("old Excel", C, lambda: sales.OLE, "r.xls", refused="old_excel"),
    Case("workbook called text", C, lambda: book(C, ["N1", "One"]), "r.csv", refused="not_what_it_says"),
    Case("cut workbook", C, lambda: book(C, ["N1", "One"])[:-200], "r.xlsx", refused="damaged"),
    Case("forged sizes", C, sales.forged_sizes, "r.xlsx", refused="damaged|bomb"),
    Case("many members", C, lambda: sales.rezipped(**{f"xl/x{n}.bin": b"" for n in range(300)}), "r.xlsx", refused="bomb"),
    Case("a bomb inside", C, lambda: sales.rezipped(**{"xl/x.xml": b"a" * 30_000_000}), "r.xlsx", refused="bomb"),
    Case("entities", C, forged(lambda xml: xml.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "a">]><worksheet')), "r.xlsx",
         refused="entities"),
    Case("sheet that is no XML", C, forged(lambda xml: xml.replace(b"</row>", b"<row>")), "r.xlsx", refused="damaged"),
    Case("a row far below", C, forged(lambda xml: xml.replace(b'<row r="3"', b'<row r="999999999"')), "r.xlsx",
         refused="too_many_rows"),
]  # fmt: skip


def _number(written: bytes) -> bytes:
    content = book(R, ["R1", "One", None, None, None, None, 4711], ["R2", "Two"])
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>4711</v>", b"<v>" + written + b"</v>"))
    return target.getvalue()


CORPUS = FILES + ROWS + WORKBOOKS

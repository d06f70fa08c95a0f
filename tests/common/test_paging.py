"""The pager of a list."""

from common.paging import Page


def test_a_page_knows_its_place_in_the_list() -> None:
    page = Page(rows=["d", "e"], number=2, size=3, has_next=False)
    assert (page.first, page.last, page.previous, page.next) == (4, 5, 1, 3)


def test_a_page_without_rows_shows_no_place() -> None:
    page: Page[str] = Page(rows=[], number=7, size=50, has_next=False)
    assert (page.first, page.last) == (0, 0)

"""Getting in and out, as anybody's browser sees it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.conftest import PASSWORD, Cast

LOOKS = [(1280, "light", "fr"), (1280, "dark", "en"), (375, "light", "en"), (375, "dark", "fr")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_the_login_page(visit, width, theme, language):
    visitor = visit(width=width, theme=theme, language=language)
    visitor.go("accounts:login")
    visitor.look()
    visitor.go("accounts:password_reset")
    visitor.look()


@pytest.mark.django_db(transaction=True)
def test_in_and_out_again(visit, cast: Cast):
    visitor = visit()
    visitor.log_in(cast.alice.email, PASSWORD)
    visitor.look()
    visitor.page.click(".avatar")
    visitor.page.click(f"form[action='{reverse('accounts:logout')}'] button")
    expect(visitor.page).to_have_url(visitor.base_url + reverse("accounts:login"))
    visitor.look()

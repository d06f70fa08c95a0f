"""The page of a list: rows, saved views, acts on many rows. Every app shows its lists with ``show``."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.reader import Reader, reader
from accounts.rights import may
from accounts.rules import Act
from clients import registry
from clients.bulk.registry import acts_for
from clients.models import SavedView
from common.htmx import page
from common.lists.pages import ListPage, list_page
from common.lists.registry import lists_for
from common.lists.spec import ListSpec
from common.lists.state import VIEW_ALL, Chip, Filter, ListState
from common.navigation import Below
from common.numbers import format_number
from common.once import once
from common.prepared import prepared

TEMPLATE = "lists/page.html"
BELOW_SHOWN = 8


def show(request: HttpRequest, spec: ListSpec, *, template: str = TEMPLATE, **more: Any) -> HttpResponse:
    """The list as its address asks. Without any question it is the view its reader opens first. ``template``: a
    page with more around the list, which extends the usual one."""
    views = views_for(request, spec.key)
    if not request.GET and (first := next((view for view in views if _opens(view, request.user)), None)):
        return redirect(f"{request.path}{view_address(first)}")
    state = ListState.read(spec, request.GET, request.user)
    return page(request, template, list_context(state, list_page(state), views) | more)


def _opens(view: SavedView, user: Any) -> bool:
    return view.is_default and view.owner_id == user.pk


def views_for(request: HttpRequest, list_key: str) -> list[SavedView]:
    """Asked for once a page: the rail shows the pinned ones too."""
    return once(request).of(views_of, request.user, list_key)


def pinned_below(request: HttpRequest) -> list[Below]:
    """The pinned views of the list of clients, under its entry in the rail."""
    asked = request.GET.get("view", "")
    return [
        Below(view.name, f"{reverse('clients:list')}{view_address(view)}", asked == str(view.pk))
        for view in views_for(request, "clients")
        if view.is_pinned
    ][:BELOW_SHOWN]


def views_of(user: Any, list_key: str) -> list[SavedView]:
    return _views(0, reader(user), list_key)


@prepared
def _views(_none: int, who: Reader, list_key: str) -> QuerySet[SavedView]:
    found = SavedView.objects.visible_to(who).filter(list_key=list_key).select_related("owner")
    return found.order_by("name", "pk")[:200]


def view_address(view: SavedView) -> str:
    return f"?{view.query}&view={view.pk}" if view.query else f"?view={view.pk}"


def list_context(state: ListState, found: ListPage, views: list[SavedView]) -> dict[str, Any]:
    spec, user = state.spec, state.user
    current = _current(state, views)
    return filter_context(state, views) | {
        "found": found, "columns": _columns(state),
        "lead": spec.counted(found.count, format_number(found.count), state.is_narrowed),
        "besides_columns": [*(pair for pair in state.parameters() if pair[0] != "col"), *_view(state)],
        "previous_url": state.address(page=state.page - 1), "next_url": state.address(page=state.page + 1),
        "siblings": [(one, reverse(one.url_name)) for one in lists_for(user) if one.is_tab],
        "owns_view": current is not None and current.owner_id == user.pk,
        "bulk_acts": acts_for(spec.key, user), "may_export": may(user, Act.EXPORT),
        "empty": None if found.rows else spec.empty(user),
    }  # fmt: skip


def filter_context(state: ListState, views: list[SavedView]) -> dict[str, Any]:
    """The bar of filters and the tabs of saved views, also for another page that shows the rows of the list: its
    forms and links stay on the page they are printed on."""
    spec, current = state.spec, _current(state, views)
    here = state.address()
    return {
        "state": state, "spec": spec, "list_url": reverse(spec.url_name),
        "chips": _chips(state), "plain_url": f"?view={VIEW_ALL}", "has_search": spec.search is not None,
        "scopes": [(scope, state.address(scope=scope.key, sort=scope.sort or state.sort)) for scope in state.scopes],
        "primary": [_offered(one, state) for one in state.filters if one.primary],
        "further": [_offered(one, state) for one in state.filters if not one.primary],
        "further_asked": sum(not one.primary and one.key in dict(state.values) for one in state.filters),
        "hidden": _hidden(state),
        "shapes": [(shape, f"{reverse(shape.url_name)}{here}") for shape in registry.shapes(spec.key)],
        "table_url": f"{reverse(spec.url_name)}{here}",
        "tabs": [(view, view_address(view)) for view in views if view.is_pinned or view == current],
        "more_views": [(view, view_address(view)) for view in views if not view.is_pinned and view != current],
        "current_view": current,
        "is_changed": current is not None and current.query != state.query,
    }  # fmt: skip


def _current(state: ListState, views: list[SavedView]) -> SavedView | None:
    return next((view for view in views if str(view.pk) == state.view), None)


def _chips(state: ListState) -> list[Chip]:
    searched = [Chip(_("Search"), state.q, state.address(q=""))] if state.q else []
    return searched + state.chips()


def _offered(one: Filter, state: ListState) -> dict[str, Any]:
    options = list(one.options(state.user)) if one.options else []
    value = dict(state.values).get(one.key, "")
    return {
        "key": one.key, "label": one.label, "kind": one.kind, "options": options, "value": value,
        # An answer that is not offered must survive the next question.
        "kept": bool(value and one.kind == "choice" and value not in {code for code, _label in options}),
        "is_shown": bool(options) or one.kind != "choice",
    }  # fmt: skip


def _hidden(state: ListState) -> list[tuple[str, str]]:
    """What the filter form sends on besides its own fields."""
    pairs = [("scope", state.scope), *_view(state)]
    if state.sort != state.spec.default_sort:
        pairs.append(("sort", state.sort))
    return [(key, value) for key, value in pairs if value]


def _view(state: ListState) -> list[tuple[str, str]]:
    return [("view", state.view)] if state.view else []


def _columns(state: ListState) -> list[dict[str, Any]]:
    """For the chooser: those that stand there in their order, then the others."""
    shown = state.columns[1:]
    rest = [column for column in state.all_columns[1:] if column not in shown]
    return [{"column": column, "shown": column in shown} for column in [*shown, *rest]]

"""Saved views: kept, changed, opened first, thrown away."""

from typing import Any

from django.db import transaction

from clients.models import SavedView


@transaction.atomic
def save_view(
    *, owner: Any, list_key: str, name: str, query: str, shared: bool = False, pinned: bool = False,
    default: bool = False,
) -> SavedView:  # fmt: skip
    """Keep a list under a name; the own view of that name is replaced."""
    view, _created = SavedView.objects.select_for_update().get_or_create(
        owner=owner, list_key=list_key, name=name
    )
    return change_view(view=view, name=name, query=query, shared=shared, pinned=pinned, default=default)


@transaction.atomic
def change_view(
    *, view: SavedView, name: str, query: str, shared: bool, pinned: bool, default: bool
) -> SavedView:  # fmt: skip
    """Only one view of a list is opened first: the newest choice counts."""
    if default:
        own = SavedView.objects.filter(owner_id=view.owner_id, list_key=view.list_key, is_default=True)
        own.exclude(pk=view.pk).update(is_default=False)
    view.name, view.query = name, query
    view.is_shared, view.is_pinned, view.is_default = shared, pinned, default
    view.save()
    return view

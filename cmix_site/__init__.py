"""Composition root: settings, URLs, Celery. Imported by no app."""

from cmix_site.celery import app as celery_app

__all__ = ["celery_app"]

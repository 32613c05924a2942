"""The shared look as a Django app: its templates, static files and template tags."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "komek.ui"
    label = "ui"

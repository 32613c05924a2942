"""Starts the platform: finds the reactions and what the screens show, and keeps the audit triggers in place."""

import gc

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules, import_string

# Objects made and not yet freed, before Python looks for circles among the youngest: a page makes some thousands.
YOUNG = 20_000


class PlatformConfig(AppConfig):
    name = "komek.platform"
    label = "platform"

    def ready(self) -> None:
        from komek.platform import audit, facts, idempotency, pieces, tidying  # noqa: F401 - the worker has to know timed jobs

        facts.discover()
        autodiscover_modules("reactions", "live")
        import_string(settings.PLUGS)()
        post_migrate.connect(audit.install_triggers, sender=self)
        # What is loaded now stays for good: nobody need look through it again.
        gc.freeze()
        gc.set_threshold(YOUNG, *gc.get_threshold()[1:])

"""The stream: live events only, in front of Django, one database connection for all browsers."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "komek.config.settings")
django.setup()

from komek.platform import live  # noqa: E402  settings must be ready before the platform is imported

application = live.from_environment()

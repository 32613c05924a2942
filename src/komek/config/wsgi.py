"""The web: pages and the API, served by WSGI (measured 6-16 times faster than Django under ASGI)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "komek.config.settings")
application = get_wsgi_application()

"""Where each desk is found."""

from django.urls import include, path, re_path

from komek.platform import web
from komek.ui import files, gallery, maps, places
from komek.ui import home as ui_home

urlpatterns = [
    path("healthz", web.healthz),
    path("readyz", web.readyz),
    path("metrics", web.metrics),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("file/<str:signed>/", files.show, name="file"),
    re_path(r"^map/(?P<name>[0-9a-f]{16})\.pmtiles$", maps.tiles, name="tiles"),
    path("desk/places/", places.suggest, name="places"),
    path("desk/", ui_home.desk, name="desk"),
    path("ui/", gallery.gallery, name="gallery"),
    path("operator/", include("komek.desks.operator.urls")),
    path("controller/", include("komek.desks.controller.urls")),
    path("service/", include("komek.desks.service.urls")),
    path("supervisor/", include("komek.desks.supervisor.urls")),
    path("editor/", include("komek.desks.editor.urls")),
    path("recordings/", include("komek.desks.listening.urls")),
    path("api/v1/", include("komek.desks.partner.urls")),
    path("", include("komek.desks.resident.urls")),
]

handler400 = "komek.ui.refusals.bad_request"
handler404 = "komek.ui.refusals.not_found"
handler500 = "komek.ui.refusals.server_error"

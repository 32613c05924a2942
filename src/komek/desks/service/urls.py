"""Addresses of a service's desk and of the foreman's link."""

from django.urls import path

from komek.desks.service import views

app_name = "service"
urlpatterns = [
    path("", views.home, name="home"),
    path("order/<int:order_id>/", views.order, name="order"),
    path("order/<int:order_id>/link/", views.link, name="link"),
    path("order/<int:order_id>/revoke/", views.revoke, name="revoke"),
    path("order/<int:order_id>/phone/", views.phone, name="phone"),
    path("order/<int:order_id>/<slug:verb>/", views.act, name="act"),
    path("bulk/<slug:verb>/", views.bulk, name="bulk"),
    path("link/", views.foreman_home, name="foreman_home"),
    path("link/app.webmanifest", views.foreman_app, name="foreman_app"),
    path("link/worker.js", views.foreman_worker, name="foreman_worker"),
    path("link/<str:token>/", views.foreman, name="foreman"),
    path("link/<str:token>/<slug:verb>/", views.foreman_act, name="foreman_act"),
    path("link/<str:token>/upload/<slug:key>/", views.upload, name="upload"),
]

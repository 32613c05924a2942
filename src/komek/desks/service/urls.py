"""Addresses of a service's desk and of the foreman's link."""

from django.urls import path

from komek.desks.service import views

app_name = "service"
urlpatterns = [
    path("", views.home, name="home"),
    path("order/<int:order_id>/", views.order, name="order"),
    path("order/<int:order_id>/link/", views.link, name="link"),
    path("order/<int:order_id>/revoke/", views.revoke, name="revoke"),
    path("order/<int:order_id>/<slug:verb>/", views.act, name="act"),
    path("link/<str:token>/", views.foreman, name="foreman"),
    path("link/<str:token>/<slug:verb>/", views.foreman_act, name="foreman_act"),
]

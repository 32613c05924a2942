"""Addresses of the second line."""

from django.urls import path

from komek.desks.controller import views

app_name = "controller"
urlpatterns = [
    path("", views.home, name="home"),
    path("look/", views.look, name="look"),
    path("find/", views.find, name="find"),
    path("bulk/", views.bulk, name="bulk"),
    path("checks/", views.checks, name="checks"),
    path("checks/<int:check_id>/<slug:verb>/", views.decide, name="decide"),
    path("escalations/", views.escalations, name="escalations"),
    path("card/<str:number>/", views.card, name="card"),
    path("card/<str:number>/<slug:verb>/", views.act, name="act"),
]

"""Addresses of the second line."""

from django.urls import path

from komek.desks.controller import views

app_name = "controller"
urlpatterns = [
    path("", views.home, name="home"),
    path("checks/", views.checks, name="checks"),
    path("escalations/", views.escalations, name="escalations"),
    path("card/<str:number>/", views.card, name="card"),
    path("card/<str:number>/<slug:verb>/", views.act, name="act"),
]

"""Addresses of the supervisor's desk."""

from django.urls import path

from komek.desks.supervisor import views

app_name = "supervisor"
urlpatterns = [
    path("", views.home, name="home"),
    path("numbers/", views.numbers, name="numbers"),
    path("rules/", views.rules, name="rules"),
    path("rules/download/", views.rules_file, name="rules_file"),
    path("calendar/", views.calendar, name="calendar"),
]

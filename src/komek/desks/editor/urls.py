"""Addresses of the knowledge editor's desk."""

from django.urls import path

from komek.desks.editor import views

app_name = "editor"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("article/<str:code>/", views.article, name="article"),
    path("article/<str:code>/retire/", views.retire, name="retire"),
    path("bulletins/", views.bulletins, name="bulletins"),
    path("bulletins/<str:code>/end/", views.end_bulletin, name="end_bulletin"),
    path("missed/", views.missed, name="missed"),
    path("scripts/", views.scripts, name="scripts"),
]

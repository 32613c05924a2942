"""Addresses of the resident's pages."""

from django.urls import path

from komek.desks.resident import views

app_name = "resident"
urlpatterns = [
    path("", views.home, name="home"),
    path("answers/<str:code>/", views.article, name="article"),
    path("write/", views.write, name="write"),
    path("write/help/", views.help_writing, name="help"),
    path("status/", views.ask, name="ask"),
    path("status/<str:number>/<str:code>/", views.status, name="status"),
    path("status/<str:number>/<str:code>/add/", views.add, name="add"),
    path("answer/<str:token>/", views.answer, name="answer"),
    path("places/", views.suggest_places, name="places"),
    path("works/", views.works, name="works"),
    path("works/near/", views.works_near, name="works_near"),
    path("numbers/", views.numbers, name="numbers"),
    path("numbers.<str:kind>", views.numbers_file, name="numbers_file"),
]

"""Addresses of the player."""

from django.urls import path

from komek.desks.listening import views

app_name = "listening"
urlpatterns = [
    path("<int:recording_id>/", views.listen, name="listen"),
    path("<int:recording_id>/file/", views.export, name="export"),
    path("sound/<int:listening_id>/", views.sound, name="sound"),
    path("heard/<int:listening_id>/", views.heard, name="heard"),
]

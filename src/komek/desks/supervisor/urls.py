"""Addresses of the supervisor's desk."""

from django.urls import path

from komek.desks.supervisor import views

app_name = "supervisor"
urlpatterns = [
    path("", views.home, name="home"),
    path("wall/", views.wall, name="wall"),
    path("waiting/", views.waiting, name="waiting"),
    path("answered/", views.answered, name="answered"),
    path("overdue/", views.overdue, name="overdue"),
    path("people/", views.people, name="people"),
    path("people/<int:agent_id>/away/", views.send_away, name="send_away"),
    path("calls/", views.calls, name="calls"),
    path("line/", views.line, name="line"),
    path("calls/<int:agent_id>/join/", views.join, name="join"),
    path("call-backs/<int:callback_id>/<slug:verb>/", views.callback, name="callback"),
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/<int:contact_id>/", views.contact, name="contact"),
    path("recordings/", views.recordings, name="recordings"),
    path("recordings/retention/", views.retention, name="retention"),
    path("recordings/<int:recording_id>/", views.recording, name="recording"),
    path("recordings/<int:recording_id>/hold/", views.hold, name="hold"),
    path("thresholds/", views.thresholds, name="thresholds"),
    path("numbers/", views.numbers, name="numbers"),
    path("numbers/download/", views.numbers_file, name="numbers_file"),
    path("rules/", views.rules, name="rules"),
    path("rules/download/", views.rules_file, name="rules_file"),
    path("calendar/", views.calendar, name="calendar"),
]

"""Addresses of the operator's desk."""

from django.urls import path

from komek.desks.operator import views

app_name = "operator"
urlpatterns = [
    path("", views.home, name="home"),
    path("seat/", views.seat, name="seat"),
    path("entry/", views.entry, name="entry"),
    path("contact/<int:contact_id>/<slug:verb>/", views.contact, name="contact"),
    path("draft/<int:contact_id>/", views.draft, name="draft"),
    path("finish/<int:contact_id>/", views.finish, name="finish"),
    path("line/", views.calls.line, name="line"),
    path("card/<str:number>/resident/", views.calls.resident, name="resident"),
    path("card/<str:number>/told/", views.telling.told, name="told"),
    path("colleagues/", views.calls.colleagues, name="colleagues"),
    path("call-back/<int:callback_id>/", views.calls.call_back, name="call_back"),
    path("call/<str:unique_id>/invite/", views.calls.invite, name="invite"),
    path("call/<str:unique_id>/", views.calls.ringing, name="ringing"),
    path("call/<str:unique_id>/accept/", views.calls.accept, name="accept"),
    path("call/<str:unique_id>/decline/", views.calls.decline, name="decline"),
    path("call/<str:unique_id>/quality/", views.calls.quality, name="quality"),
    path("call/<str:unique_id>/hand-over/", views.calls.hand_over, name="hand_over"),
    path("call/<str:unique_id>/pause/", views.recording.pause, name="pause"),
    path("call/<str:unique_id>/resume/", views.recording.resume, name="resume"),
    path("call/<str:unique_id>/replay/", views.recording.replay, name="replay"),
    path("find/", views.find, name="find"),
    path("card/<str:number>/", views.card, name="card"),
    path("help/", views.help_typing, name="help"),
    path("reviews/", views.reviews, name="reviews"),
    path("suggest/<slug:what>/", views.suggest, name="suggest"),
]

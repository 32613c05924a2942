"""Where it is, as every desk asks for it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from komek.platform.languages import pick
from komek.registers.places import queries as places
from komek.registers.places.rules import Place
from komek.registers.staff.rules import Right
from komek.ui.fields import PointFields, RowId, Words
from komek.ui.rights import needs

SUGGESTED = 8


class PlaceFields(PointFields):
    """Words always, the rest when it was chosen from the suggestions."""

    place_text = Words(required=False, max_length=500, label=_("Place"))
    landmark = Words(required=False, max_length=300, label=_("Landmark"))
    street_id = RowId()
    house_id = RowId()

    def place(self) -> Place:
        told = self.cleaned_data
        return places.locate(
            told["place_text"],
            lat=told["lat"],
            lon=told["lon"],
            street_id=told["street_id"],
            house_id=told["house_id"],
            landmark=told["landmark"],
        )


@needs(Right.READ_CARDS)
@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """The list under the field of a place."""
    asked = request.GET.get("q", "")[:200].strip()
    found = places.suggest(asked, limit=SUGGESTED) if asked else []
    districts = {one["code"]: pick(one, "name") for one in places.district_names()}
    return render(request, "ui/places.html", {"found": found, "districts": districts})

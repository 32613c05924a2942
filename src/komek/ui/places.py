"""Where it is, as every desk asks for it."""

from django.utils.translation import gettext_lazy as _

from komek.registers.places import queries as places
from komek.registers.places.rules import Place
from komek.ui.fields import PointFields, RowId, Words


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

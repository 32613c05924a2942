"""The same city and browsers as at the desks, and a photo from a crew."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.desks.conftest import browser, line, write

__all__ = ["browser", "line", "write"]


@pytest.fixture
def photo():
    """A photo as a phone makes it."""

    def taken(name="after.jpg", color=(90, 120, 90)):
        picture = io.BytesIO()
        Image.new("RGB", (640, 480), color).save(picture, "JPEG")
        return SimpleUploadedFile(name, picture.getvalue(), content_type="image/jpeg")

    return taken

"""Files that came with a form which nobody sent again do not stay for ever."""

from datetime import timedelta

from komek.platform import tidying
from komek.platform.clock import now
from komek.platform.models import StoredFile


def test_a_file_that_belongs_to_nothing_goes_and_what_belongs_to_something_stays(line, write, work, browser, photo):
    _, number, _ = write("Көшеде су құбыры жарылды", topic_code="WAT-02", files=[photo("brought.jpg", (1, 2, 3))])
    work.finish(number)
    nothing = {"text": "", "key": "nobody", "files": [photo("left.jpg", (9, 9, 9))]}
    assert browser().post("/write/", nothing).status_code == 422
    names = set(StoredFile.objects.values_list("original_name", flat=True))
    assert {"brought.jpg", "left.jpg"} < names

    assert tidying.forget_unused_files() == 0, "a form may be sent again"
    StoredFile.objects.update(stored_at=now() - tidying.BROUGHT_ARE_KEPT - timedelta(minutes=1))
    assert tidying.forget_unused_files() == 1

    assert set(StoredFile.objects.values_list("original_name", flat=True)) == names - {"left.jpg"}

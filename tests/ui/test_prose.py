"""Articles as they are read: the few signs that our editors use, and nothing else."""

import pytest

from komek.ui import prose


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Бір сөйлем.", "<p>Бір сөйлем.</p>"),
        ("Бір\nжолда.\n\nЕкінші.", "<p>Бір жолда.</p><p>Екінші.</p>"),
        ("1. Бірінші\n2) Екінші", "<ol><li>Бірінші</li><li>Екінші</li></ol>"),
        ("- су\n* жарық\n• жылу", "<ul><li>су</li><li>жарық</li><li>жылу</li></ul>"),
        ("## Тақырып\nсөз", "<h3>Тақырып</h3><p>сөз</p>"),
        ("бұл **маңызды** және __бұл__", "<p>бұл <b>маңызды</b> және <b>бұл</b></p>"),
        ("", ""),
        ("\r\nсу\r\n", "<p>су</p>"),
    ],
)
def test_the_signs_of_an_editor_are_read(written, read):
    assert prose.html(written) == read


def test_a_title_is_not_read_twice():
    assert prose.html("# Су жоқ\n\nКүтіңіз.", title="Су жоқ") == "<p>Күтіңіз.</p>"
    assert prose.html("# Жарық жоқ\n\nКүтіңіз.", title="Су жоқ").startswith("<h3>Жарық жоқ</h3>")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("**<img src=x>**", "<p><b>&lt;img src=x&gt;</b></p>"),
        ("# <b>", "<h3>&lt;b&gt;</h3>"),
        ("- <a href=x>", "<ul><li>&lt;a href=x&gt;</li></ul>"),
        ("1. <i>", "<ol><li>&lt;i&gt;</li></ol>"),
    ],
)
def test_signs_of_a_program_are_only_signs(written, read):
    assert prose.html(written) == read

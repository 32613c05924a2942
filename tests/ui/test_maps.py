"""The map: tiles by parts, a pin that a keyboard moves, marks that can be picked, and a list where there is no map."""

import pytest
from django.template import engines
from tests.fixtures.browser import until

from frontend import building
from komek.registers.places import actions as places
from komek.ui import maps

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not places.can_draw(), reason="THE MAKER OF TILES HAS NO BUILD FOR THIS MACHINE"),
]
brought = pytest.mark.skipif(not building.VENDOR.is_dir(), reason="THE BROWSER'S FILES WERE NOT BROUGHT: make setup")
# Whatever the policy forbids is told to the page; it must have nothing to tell.
LISTEN = """window.forbidden = []; window.moved = []
addEventListener("securitypolicyviolation", (event) => forbidden.push(event.violatedDirective))
addEventListener("komek-map:moved", (event) => moved.push(event.detail))
addEventListener("komek-map:pick", (event) => { event.preventDefault(); window.picked = event.detail })"""
BLIND = "HTMLCanvasElement.prototype.getContext = () => null"
STREETS = """document.querySelector("komek-map").map.queryRenderedFeatures({ layers: ["minor", "middle", "main"] })
  .map((one) => one.properties.name).find((name) => name.startsWith("Абай"))"""
GROUND = "document.querySelector('komek-map').map.getPaintProperty('outside', 'background-color')"


@pytest.fixture
def town(settings, tmp_path):
    """A town with a map of its own, and the pages of this test."""
    settings.HOME, settings.ROOT_URLCONF = tmp_path, "tests.ui.map_pages"
    settings.CITY = {"center": [51.17, 71.435], "bounds": [51.0, 71.2, 51.3, 71.7]}
    names = ("Абай даңғылы", "Достық көшесі", "Сығанақ көшесі")
    places.load_streets([{"name": name} for name in names])
    crossing = {"street_a": names[0], "lat": "51.17"}
    places.load_crossings(
        [
            crossing | {"street_b": names[1], "lon": "71.43"},
            crossing | {"street_b": names[2], "lon": "71.44"},
            {"street_a": names[1], "street_b": names[2], "lat": "51.16", "lon": "71.45"},
        ]
    )
    return places.draw_map(["© OpenStreetMap contributors"])


@pytest.fixture
def opened(chromium, live_server, town):
    """Opens a page and waits for its map; what the browser complains about or asks of others fails the test."""
    complaints, contexts = [], []

    def open_page(path, *, state="ready", script="", **options):
        context = chromium.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda sent: complaints.append(sent.url) if not sent.url.startswith((live_server.url, "blob:")) else None,
        )
        page.add_init_script(LISTEN + "\n" + script)
        page.goto(path)
        page.wait_for_selector(f"komek-map[data-state={state}]")
        return page

    yield open_page
    forbidden = [context.pages[0].evaluate("window.forbidden") for context in contexts]
    for context in contexts:
        context.close()
    assert complaints == []
    assert forbidden == [[] for _ in contexts]


def test_the_tiles_are_served_by_parts_and_kept_for_ever(town, client):
    address = maps.told()["tiles"]

    part = client.get(address, headers={"range": "bytes=0-6"})
    assert (part.status_code, part.getvalue(), part["Content-Length"]) == (206, b"PMTiles", "7")
    assert "immutable" in part["Cache-Control"]
    whole = client.get(address)
    assert whole.status_code == 200
    assert part["Content-Range"] == f"bytes 0-6/{len(whole.getvalue())}"
    assert client.get(address, headers={"range": "bytes=99999999-"}).status_code == 416
    assert client.get(address, headers={"if-none-match": part["ETag"]}).status_code == 304
    assert client.get("/map/0123456789abcdef.pmtiles").status_code == 404


def test_a_page_without_the_brought_files_still_has_its_fields(town, monkeypatch):
    monkeypatch.setattr(maps, "address", lambda file: "")
    template = engines["django"].from_string('{% load maps %}{% komek_map "where" pin=True lat=51.5 lon=71.25 %}')

    html = template.render({})

    assert '<input type="hidden" id="where-lat" name="lat" value="51.5">' in html
    assert "&quot;library&quot;:&quot;&quot;" in html


@brought
@pytest.mark.browser
def test_the_map_is_drawn_and_the_pin_is_moved_by_keyboard_into_its_fields(opened):
    page = opened("/map-pin/?lat=51.17&lon=71.435")
    assert until(page, STREETS) == "Абай даңғылы"
    assert page.inner_text(".map-credit") == "© OpenStreetMap contributors"

    page.focus(".map-pin")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)

    lat, lon = (float(page.input_value(f"#where-{name}")) for name in ("lat", "lon"))
    assert 71.435 < lon < 71.436
    assert 51.1702 < lat < 51.172
    assert page.evaluate("moved.length") == 3
    assert page.evaluate("moved.at(-1)") == {"lat": pytest.approx(lat, abs=1e-5), "lon": pytest.approx(lon, abs=1e-5)}
    page.evaluate(building.AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('komek-map').then((told) => told.violations.map((one) => one.id))")
    assert found == []


@brought
@pytest.mark.browser
def test_a_pin_is_put_where_the_map_is_clicked_and_follows_its_fields(opened):
    page = opened("/map-pin/?zoom=15")
    assert page.locator(".map-pin").count() == 0

    page.click("komek-map canvas", position={"x": 200, "y": 200})
    assert page.locator(".map-pin").count() == 1
    assert page.input_value("#where-lat").startswith("51.1")

    page.evaluate("""() => { const [lat, lon] = document.querySelector("komek-map").fields
      lat.value = "51.171"; lon.value = "71.431"; lon.dispatchEvent(new Event("change", { bubbles: true })) }""")
    assert page.evaluate("document.querySelector('komek-map').pin.getLngLat().toArray()") == [71.431, 51.171]


@brought
@pytest.mark.browser
def test_a_mark_is_picked_and_the_ground_follows_the_light(opened):
    page = opened("/map-endpoint/", color_scheme="light")
    light = page.evaluate(GROUND)
    x, y = page.evaluate(
        "() => { const { x, y } = document.querySelector('komek-map').map.project([71.427, 51.1668]); return [x, y] }"
    )
    until(page, "document.querySelector('komek-map').map.loaded()")
    page.click("komek-map canvas", position={"x": x, "y": y})
    assert until(page, "window.picked && [picked.id, picked.kind]") == [2, "overdue"]

    page.emulate_media(color_scheme="dark")
    assert until(page, f"{GROUND} !== '{light}'")


@brought
@pytest.mark.browser
def test_without_webgl_the_marks_are_a_list(opened):
    page = opened("/map-marks/", state="absent", script=BLIND)

    assert page.locator(".map-list a").first.is_visible()
    assert page.locator(".map-list a").all_inner_texts()[1] == "109-2 · Су кетті"
    assert page.locator(".map-ground").count() == 0

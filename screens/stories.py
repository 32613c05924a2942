"""What is on each picture: who opens which page, and what they do there first."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

Play = Callable[[Page, str], None]

IN_README = {
    "operator-card-kk-light-desk",
    "controller-checks-ru-light-desk",
    "supervisor-wall-en-dark-desk",
    "resident-status-kk-light-phone",
}

BURST = {
    "kk": "Жуынатын бөлмеде ыстық су құбыры жарылды, астыңғы көршілерді су басып жатыр, үйде бала бар",
    "ru": "Прорвало трубу с горячей водой в ванной, заливает соседей снизу, дома ребёнок",
    "en": "A hot water pipe burst in the bathroom, the flat below is being flooded, a child is at home",
}


# A map without a graphics card takes its time to be drawn.
MAP_MS = 2_500

LEAK = {
    "kk": "Көшеде су құбыры жарылды, жолды су басып жатыр",
    "ru": "На улице прорвало водопровод, вода заливает дорогу",
    "en": "A water main burst in the street, the road is under water",
}


@dataclass(frozen=True)
class Screen:
    """One picture."""

    name: str
    who: str
    play: Play


def sign_in(page: Page, url: str, who: str, password: str) -> None:
    """Sign in by the form, as people do."""
    page.goto(f"{url}/accounts/login/")
    page.fill("[name=login]", who)
    page.fill("[name=password]", password)
    page.click("main form button")
    page.wait_for_url(lambda address: "/accounts/" not in address)


def opened(path: str) -> Play:
    """The page as it opens."""

    def play(page: Page, url: str) -> None:
        page.goto(url + path)
        page.wait_for_selector("main")

    return play


def writing(page: Page, url: str) -> None:
    """An operator with a caller, in the midst of a card."""
    page.goto(f"{url}/operator/")
    page.click("details.state summary")
    page.click("details.state [value=ready]")
    page.wait_for_load_state()
    if not page.locator("#workbench").count():
        page.click("#entry summary")
        page.fill("[name=phone]", "+7 701 555 01 42")
        page.fill("[name=name]", "Нұрлан Серіков")
        page.click("#entry button.primary")
        page.wait_for_selector("#workbench")
    if not page.is_visible("#id_text"):
        page.click("details.more > summary")
    language = page.locator("html").get_attribute("lang") or "kk"
    page.fill("#id_text", BURST[language])
    page.fill("#id_place_text", "қабанбай 4")
    page.wait_for_selector("#places [role=option]")
    page.locator("#id_place_text").press("Enter")
    if not page.input_value("#id_topic_code"):
        page.wait_for_selector("#guesses button")
        page.keyboard.press("Alt+KeyT")
    page.wait_for_selector("#route .chip")


def wrote(page: Page, url: str, words: dict[str, str] = BURST) -> None:
    """A resident in the midst of the form: the words have called what helps, the phone has said where it is."""
    page.goto(f"{url}/write/")
    language = page.locator("html").get_attribute("lang") or "kk"
    page.fill("#id_text", words[language])
    if not page.input_value("#id_topic_code"):
        page.wait_for_selector("#guesses button")
        page.locator("#guesses button").first.click()
    page.fill("#id_place_text", "қабанбай 4")
    page.wait_for_selector("#places [role=option]")
    page.locator("#id_place_text").press("Enter")
    page.wait_for_selector("#guesses:empty", state="attached")


def followed(page: Page, url: str) -> None:
    """What has become of a number that was given a moment ago."""
    wrote(page, url)
    page.locator(".send button.primary").click()
    page.wait_for_selector(".steps-of")


def looked_around(page: Page, url: str) -> None:
    """The works around the middle of the city, once the map is drawn."""
    page.goto(f"{url}/works/")
    page.wait_for_selector("komek-map[data-state=ready]")


def palette(page: Page, url: str) -> None:
    """Everything by its name."""
    page.goto(f"{url}/operator/")
    page.keyboard.press("Control+KeyK")
    page.wait_for_selector("#palette[open]")


def chosen_cards(page: Page, url: str) -> None:
    """A board with some cards chosen by keys, and what may be done with them."""
    page.goto(f"{url}/controller/?look=both")
    for key in ("KeyJ", "KeyX", "KeyJ", "KeyX"):
        page.keyboard.press(key)
    page.wait_for_timeout(MAP_MS)


def first_card(page: Page, url: str) -> None:
    """The whole story of the card that waits longest for a check, with its proof."""
    page.goto(f"{url}/controller/checks/")
    page.locator('main a[href^="/controller/card/"]').first.click()
    page.wait_for_selector(".story")
    page.wait_for_timeout(MAP_MS)


def first_order(page: Page, url: str) -> None:
    """The first order of a service's board, with a link for its foreman."""
    page.goto(f"{url}/service/")
    if not page.locator(".line .what").count():
        wrote(page, url, LEAK)
        page.locator(".send button.primary").click()
        page.wait_for_selector(".steps-of")
        page.goto(f"{url}/service/")
    page.locator(".line .what").first.click()
    page.wait_for_selector(".order-card")
    if not page.locator(".given").count():
        page.fill("#id_foreman", "Ерлан Қасымов")
        page.locator("#links form button").first.click()
        page.wait_for_selector(".given")


def on_a_phone(step: str) -> Play:
    """The first order as its foreman sees it, so far done."""

    def play(page: Page, url: str) -> None:
        first_order(page, url)
        page.goto(page.locator(".given input").first.input_value())
        page.wait_for_selector("body.keeps")
        for verb in {"set-out": (), "report": ("accept", "set-out", "arrive")}[step]:
            button = page.locator(f"[data-queue={verb}] .main")
            if button.is_visible():
                button.click()
                page.wait_for_selector("#net[data-state=sent]")

    return play


def a_contact(page: Page, url: str) -> None:
    """The first contact that is drawn by lot, and the form of its review."""
    page.goto(f"{url}/supervisor/contacts/")
    page.locator('main tbody a[href^="/supervisor/contacts/"]').first.click()
    page.wait_for_selector(".review")


def telling(page: Page, url: str) -> None:
    """The card of the resident who waits longest for our call; the list itself while nobody does."""
    page.goto(f"{url}/operator/")
    if page.locator("#region-to_tell a").count():
        page.locator("#region-to_tell a").first.click()
        page.wait_for_selector("#telling")


def a_recording(page: Page, url: str) -> None:
    """The last recording and who heard it; the list itself while nobody has rung."""
    page.goto(f"{url}/supervisor/recordings/")
    if page.locator('main tbody a[href^="/supervisor/recordings/"]').count():
        page.locator('main tbody a[href^="/supervisor/recordings/"]').first.click()
        page.wait_for_load_state()


STORIES = (
    Screen("resident", "", opened("/")),
    Screen("resident-write", "", opened("/write/")),
    Screen("resident-found", "", opened("/?q=су+жоқ")),
    Screen("resident-writing", "", wrote),
    Screen("resident-status", "", followed),
    Screen("resident-works", "", looked_around),
    Screen("resident-numbers", "", opened("/numbers/")),
    Screen("sign-in", "", opened("/accounts/login/")),
    Screen("operator", "aigerim", opened("/operator/")),
    Screen("operator-card", "aigerim", writing),
    Screen("operator-telling", "aigerim", telling),
    Screen("operator-palette", "aigerim", palette),
    Screen("gallery", "aigerim", opened("/ui/")),
    Screen("controller", "olzhas", opened("/controller/")),
    Screen("controller-chosen", "olzhas", chosen_cards),
    Screen("controller-checks", "olzhas", opened("/controller/checks/")),
    Screen("controller-escalations", "olzhas", opened("/controller/escalations/")),
    Screen("controller-card", "olzhas", first_card),
    Screen("service", "dana", opened("/service/")),
    Screen("service-order", "dana", first_order),
    Screen("foreman", "dana", on_a_phone("set-out")),
    Screen("foreman-report", "dana", on_a_phone("report")),
    Screen("supervisor", "saule", opened("/supervisor/")),
    Screen("supervisor-wall", "saule", opened("/supervisor/wall/")),
    Screen("supervisor-people", "saule", opened("/supervisor/people/")),
    Screen("supervisor-calls", "saule", opened("/supervisor/calls/")),
    Screen("supervisor-recordings", "saule", opened("/supervisor/recordings/")),
    Screen("supervisor-recording", "saule", a_recording),
    Screen("supervisor-listenings", "saule", opened("/supervisor/recordings/?part=listenings")),
    Screen("supervisor-keeping", "saule", opened("/supervisor/recordings/?part=keeping")),
    Screen("supervisor-overdue", "saule", opened("/supervisor/overdue/")),
    Screen("supervisor-contacts", "saule", opened("/supervisor/contacts/")),
    Screen("supervisor-review", "saule", a_contact),
    Screen("supervisor-thresholds", "saule", opened("/supervisor/thresholds/")),
    Screen("operator-reviews", "aigerim", opened("/operator/reviews/")),
    Screen("editor", "zarina", opened("/editor/")),
    Screen("editor-untranslated", "zarina", opened("/editor/?state=en")),
    Screen("editor-article", "zarina", opened("/editor/article/KB-003/")),
    Screen("editor-missed", "zarina", opened("/editor/missed/")),
    Screen("editor-bulletins", "zarina", opened("/editor/bulletins/")),
    Screen("editor-scripts", "zarina", opened("/editor/scripts/")),
    Screen("supervisor-numbers", "saule", opened("/supervisor/numbers/")),
    Screen("supervisor-rules", "saule", opened("/supervisor/rules/")),
    Screen("supervisor-calendar", "saule", opened("/supervisor/calendar/")),
)

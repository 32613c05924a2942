"""`python -m screens`: a living city, each desk opened by its person, and a picture of each into `screens/out/`.

The four that the README shows go into `docs/screens/` as well.

With `--url` and `--password` a city that lives already is looked at instead.
"""

import argparse
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from screens import stories

HERE = Path(__file__).parent
OUT = HERE / "out"
README = HERE.parent / "docs" / "screens"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# No graphics card, no sandbox for root, nobody called at home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--use-gl=angle",
    "--use-angle=swiftshader",
]
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
LANGUAGES, SCHEMES = ("kk", "ru", "en"), ("light", "dark")
PORT = 8509
SIGNED_IN = re.compile(r"^aigerim\s.*?(\S+)\s+(http://\S+?)/operator/", re.MULTILINE)
STARTED_SECONDS = 600


def main() -> int:
    """Take the pictures that were asked for; 1 when a page complained in its console."""
    told = _arguments()
    with _city(told) as (url, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            complaints = list(_take(browser, url, password, told))
        finally:
            browser.close()
    for complaint in complaints:
        sys.stderr.write(f"{complaint}\n")
    return 1 if complaints else 0


def _take(browser: Browser, url: str, password: str, told: argparse.Namespace) -> Iterator[str]:
    OUT.mkdir(exist_ok=True)
    chosen = [story for story in stories.STORIES if not told.only or story.name in told.only]
    for size, scheme, language in itertools.product(told.sizes, told.schemes, told.languages):
        for who, of_one in itertools.groupby(chosen, key=lambda story: story.who):
            context = browser.new_context(
                viewport=dict(zip(("width", "height"), SIZES[size], strict=True)), color_scheme=scheme, locale=language
            )
            context.add_cookies([{"name": "django_language", "value": language, "url": url}])
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda line, said=said: said.append(line.text) if line.type == "error" else None)
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            if who:
                stories.sign_in(page, url, who, password)
            for story in of_one:
                story.play(page, url)
                _picture(page, OUT / f"{story.name}-{language}-{scheme}-{size}.png")
                yield from (f"{story.name} {language} {scheme} {size}: {line}" for line in said)
                said.clear()
            context.close()


def _picture(page: Page, path: Path) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=path, animations="disabled")
    if path.stem in stories.IN_README:
        shutil.copyfile(path, README / path.name)
    sys.stdout.write(f"{path.relative_to(HERE.parent)}\n")


@contextmanager
def _city(told: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The city that was named, or a demonstration of our own that ends with us."""
    if told.url:
        yield told.url.rstrip("/"), told.password
        return
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"KOMEK_HOME": home}
        demo = [sys.executable, "-m", "komek.config.cli", "demo", "--city", str(HERE.parent / "cities" / "astana")]
        demo += ["--days", "3", "--contacts", "200", "--port", str(told.port)]
        city = subprocess.Popen(demo, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            yield _signed_in(city)
        finally:
            city.send_signal(signal.SIGINT)
            city.communicate(timeout=60)


def _signed_in(city: "subprocess.Popen[str]") -> tuple[str, str]:
    assert city.stdout is not None
    said = ""
    for line in city.stdout:
        said += line
        if found := SIGNED_IN.search(said):
            return found[2], found[1]
    message = f"The demonstration did not start:\n{said}"
    raise SystemExit(message)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m screens", description=__doc__)
    parser.add_argument("--url", help="a demonstration that lives already")
    parser.add_argument("--password", default="", help="the password of its people")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--only", nargs="*", help="names of screens")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--schemes", nargs="*", default=SCHEMES, choices=SCHEMES)
    parser.add_argument("--sizes", nargs="*", default=list(SIZES), choices=list(SIZES))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

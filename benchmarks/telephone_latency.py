"""How soon an operator sees who rings, has the card and hears the caller; and what a shift of calls leaves in the browser.

A city of its own with a switch, an exchange that brings the calls, and one Chromium with a tone for a voice. Everything is
measured by the page itself, from outside of our scripts: from the INVITE on its WebSocket and from the click on.
"""

import asyncio
import math
import socket
import tempfile
import time
import wave
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page, async_playwright

from benchmarks.rig.bench import Bench
from benchmarks.rig.city import CannotMeasure, City, running_city
from benchmarks.rig.figures import NOISY, Figures, percentile
from benchmarks.rig.people import Staff
from komek.adapters.asterisk import binaries
from tests.fixtures.browser import SWITCHES, find_or_install
from tests.fixtures.carrier import Exchange, exchange

CALLS, CALLS_SHORT = 60, 5
CARDS = 200
TOAST_BAR, CARD_BAR, AUDIO_BAR = 300.0, 150.0, 700.0
DANGERS, DANGERS_SHORT = 20, 3
SERVICE_BAR = 2_000.0
SERVICE = "112"
HEAP_BAR = 20.0
NUMBER = "+77015550142"
# Calls before the heap is looked at for the first time: what is loaded once is no growth.
WARM = 4

EYES = """
(() => {
  const seen = (window.seen = {})
  const painted = (name) => requestAnimationFrame(() => requestAnimationFrame(() => (seen[name] ??= performance.now())))
  const Plain = window.WebSocket
  window.WebSocket = class extends Plain {
    constructor(...told) {
      super(...told)
      this.addEventListener("message", ({ data }) => String(data).startsWith("INVITE") && (seen.ring ??= performance.now()))
    }
  }
  const Connection = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Connection {
    constructor(...told) {
      super(...told)
      this.addEventListener("track", ({ streams }) => listen(this, streams[0]))
    }
  }
  async function listen(connection, stream) {
    const context = (window.ears ??= new AudioContext())
    const ear = new AnalyserNode(context, { fftSize: 256 })
    const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream })
    source.connect(ear)
    const samples = new Float32Array(256)
    const end = performance.now() + 5000
    // Seldom enough that the looking is not what is measured.
    for (let turn = 0; performance.now() < end && !(seen.heard && seen.spoke); turn++) {
      ear.getFloatTimeDomainData(samples)
      if (samples.some((one) => Math.abs(one) > 0.02)) seen.heard ??= performance.now()
      if (turn % 3 === 0)
        for (const one of (await connection.getStats()).values())
          if (one.type === "outbound-rtp" && one.packetsSent > 0) seen.spoke ??= performance.now()
      await new Promise((done) => setTimeout(done, 15))
    }
    source.disconnect()
  }
  addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("ring")
    if (!box) return
    new MutationObserver(() => box.hidden || painted("toast")).observe(box, { attributes: true, attributeFilter: ["hidden"] })
    const known = box.querySelector("[data-slot=known]")
    new MutationObserver(() => known.children.length && painted("known")).observe(known, { childList: true })
    box.addEventListener("click", () => (seen.accept ??= performance.now()), true)
    document.addEventListener("desk:shown", () => {
      if (!seen.accept || document.activeElement?.id !== "id_text") return
      seen.cursor ??= performance.now()
      painted("card")
    })
  })
})()
"""


async def measure(bench: Bench) -> Figures:
    """Call after call, answered by the click of a button; one after the other, as one operator has them."""
    figures = Figures("telephone")
    calls = bench.times(CALLS, CALLS_SHORT)
    sip, manager = _free(socket.SOCK_DGRAM), _free(socket.SOCK_STREAM)
    told = {"KOMEK_PHONES": "", "KOMEK_PHONES_RAW": "1", "KOMEK_SIP_TO": f"sip:127.0.0.1:{sip}"}
    # A browser comes to our own ports, and no proxy stands before them.
    told |= {"KOMEK_BEHIND_PROXY": "0"}
    try:
        asterisk = binaries.find(binaries.place())
    except binaries.CannotHave as missing:
        raise CannotMeasure(f"There is no telephone to be measured: {missing}") from missing
    with (
        running_city(bench.city.home / "telephone", cards=CARDS, environment=told) as city,
        tempfile.TemporaryDirectory() as here,
    ):
        staff = Staff(city, bench.staff.password)
        staff.hire(operators=1, controllers=0, supervisors=0, each_service=0)
        root, port = Path(here), city.web.port
        async with (
            exchange(asterisk, root / "exchange", sip=sip, manager=manager, city=port + 4) as outside,
            _operator(city, staff, root) as (page, inside),
        ):
            seen, heap = await _shift(page, inside, outside, calls=calls)
            called = await _dangers(page, outside, calls=bench.times(DANGERS, DANGERS_SHORT))
        await staff.end()
    for name, since, until, bar in (
        ("ring → toast", "ring", "toast", TOAST_BAR),
        ("ring → who it may be", "ring", "known", None),
        ("accept → cursor in the card", "accept", "cursor", None),
        ("accept → card usable", "accept", "card", CARD_BAR),
        ("accept → the caller is heard", "accept", "heard", AUDIO_BAR),
        ("accept → our voice is sent", "accept", "spoke", AUDIO_BAR),
    ):
        took = [one[until] - one[since] for one in seen if since in one and until in one]
        figures.add(f"{name}: not seen", len(seen) - len(took), "calls", bar=0)
        for share in (0.5, 0.95, 0.99):
            beside = bar if share == 0.95 else None
            figures.add(f"{name} p{share * 100:.0f}", percentile(took, share), "ms", bar=beside, note=NOISY)
    for share in (0.5, 0.95):
        beside = SERVICE_BAR if share == 0.95 else None
        name = f"emergency key → service rings p{share * 100:.0f}"
        figures.add(name, percentile(called, share), "ms", bar=beside, note=NOISY)
    figures.add("heap after a few calls", heap[0], "MB")
    figures.add(f"heap after {calls} calls", heap[1], "MB")
    figures.add("growth of the heap", heap[1] - heap[0], "MB", bar=HEAP_BAR)
    return figures


async def _shift(
    page: Page, inside: CDPSession, outside: Exchange, *, calls: int
) -> tuple[list[dict[str, float]], tuple[float, float]]:
    seen, first = [], 0.0
    for number in range(calls):
        await page.evaluate("() => { for (const name of Object.keys(seen)) delete seen[name] }")
        # Whoever rang once is known by their language, and any key ends the greeting.
        me = await outside.ring_city(number=NUMBER, keys="2", keys_after=0.3)
        await page.wait_for_selector("#ring:visible")
        # Somebody looks who it is.
        await page.wait_for_timeout(700)
        await page.evaluate("() => document.querySelector('[data-ring=accept]').click()")
        await _until(page, "card", "heard", "spoke")
        seen.append(await page.evaluate("() => ({ ...seen })"))
        await page.wait_for_timeout(500)
        await outside.hang_up(me)
        await page.click("form[action$='wrap-up/'] button")
        await page.wait_for_selector("#phone[data-state=ready]")
        if number == min(WARM, calls - 1):
            first = await _heap(inside)
    return seen, (first, await _heap(inside))


async def _dangers(page: Page, outside: Exchange, *, calls: int) -> list[float]:
    """From the click on the key of the service until it rings there, in milliseconds."""
    took = []
    for _ in range(calls):
        me = await outside.ring_city(number=NUMBER, keys="0", keys_after=0.3)
        await page.wait_for_selector("#ring:visible")
        await page.click("[data-ring=accept]")
        await page.wait_for_selector("#phone[data-state=talking]")
        rang = _rang(outside)
        began = time.monotonic()
        await page.click(f"#phone [data-service='{SERVICE}']")
        while _rang(outside) == rang:  # noqa: ASYNC110 - the exchange rings no bell for us
            await asyncio.sleep(0.002)
        took.append((time.monotonic() - began) * 1000)
        # Three people are in the room, and each has a receiver.
        await page.click("[data-phone=hang-up]")
        await outside.hang_up(me)
        await outside.hang_up_at(SERVICE)
        await page.click("form[action$='wrap-up/'] button")
        await page.wait_for_selector("#phone[data-state=ready]")
    return took


def _rang(outside: Exchange) -> int:
    return sum(one.get("UserEvent") == "Rang" and one.get("Number") == SERVICE for one in outside.events)


async def _until(page: Page, *names: str) -> None:
    """Wait until the page has seen all of these; what it does not see in time is counted as not seen."""
    for _ in range(200):
        if set(names) <= set(await page.evaluate("() => Object.keys(seen)")):
            return
        await asyncio.sleep(0.05)


async def _heap(inside: CDPSession) -> float:
    """What the page still holds, in megabytes, once everything that nobody needs is gone."""
    await inside.send("HeapProfiler.collectGarbage")
    told: dict[str, Any] = await inside.send("Runtime.getHeapUsage")
    return float(told["usedSize"]) / 1e6


@asynccontextmanager
async def _operator(city: City, staff: Staff, root: Path) -> AsyncIterator[tuple[Page, CDPSession]]:
    """One operator at the line, in a Chromium whose microphone is a file."""
    path, reason = find_or_install()
    if path is None:
        raise CannotMeasure(f"There is no browser: {reason}")
    desk = await staff.desk("operator")
    microphone = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    microphone += [f"--use-file-for-fake-audio-capture={_voice(root / 'voice.wav')}"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=[*SWITCHES, *microphone, "--autoplay-policy=no-user-gesture-required"]
        )
        context = await browser.new_context(locale="ru", permissions=["microphone"])
        session = desk.browser.cookies["sessionid"]
        await context.add_cookies([{"name": "sessionid", "value": session, "url": city.origin}])
        page = await context.new_page()
        await page.add_init_script(EYES)
        await page.goto(f"{city.origin}/operator/")
        # An earlier measurement may have been cut off in a call, or in the middle of a shift.
        for button in ("form[action$='wrap-up/'] button", ".calm button[value=ready]"):
            if await page.locator(button).count():
                await page.click(button)
        await page.wait_for_selector("#phone[data-state=ready]")
        yield page, await context.new_cdp_session(page)
        await browser.close()


def _voice(path: Path) -> Path:
    rate = 48_000
    samples = array("h", (int(9000 * math.sin(2 * math.pi * 700 * one / rate)) for one in range(2 * rate)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def _free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

// The wall: a clock, the whole screen, and a wait that passes its threshold while nothing else happens.
const LEVELS = ["fine", "warn", "danger"]

function level(tile, seconds) {
  if (seconds >= Number(tile.dataset.danger)) return "danger"
  return seconds >= Number(tile.dataset.warn) ? "warn" : "fine"
}

function look() {
  for (const tile of document.querySelectorAll("[data-danger]")) {
    const since = tile.querySelector("time[data-since]")
    if (!since) continue
    const asks = level(tile, (Date.now() - Date.parse(since.dataset.since)) / 1000)
    // A wait only grows: what the server has seen worse stays worse.
    if (LEVELS.indexOf(asks) > LEVELS.indexOf(tile.dataset.level)) tile.dataset.level = asks
  }
  const clock = document.querySelector("[data-clock]")
  if (!clock) return
  // The clock of the city, wherever the machine believes it stands.
  const text = new Date().toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.clock })
  if (clock.textContent !== text) clock.textContent = text
}

look()
setInterval(() => document.hidden || look(), 1000)

const whole = document.querySelector("[data-whole-screen]")
if (whole && document.fullscreenEnabled) {
  whole.hidden = false
  whole.addEventListener("click", () => document.documentElement.requestFullscreen())
  document.addEventListener("fullscreenchange", () => {
    whole.hidden = document.fullscreenElement !== null
  })
}

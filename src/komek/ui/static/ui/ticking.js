// Times that go on: the server says when something began, the browser counts the seconds.
const SOON = 0.8

function said(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60]
  const two = (number) => String(number).padStart(2, "0")
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

function tick() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, (Date.now() - Date.parse(time.dataset.since)) / 1000)
    const text = said(seconds)
    if (time.textContent !== text) time.textContent = text
    // What should not last longer than this says so in time.
    const limit = Number(time.dataset.limit)
    if (limit) {
      time.classList.toggle("late-soon", seconds >= limit * SOON && seconds < limit)
      time.classList.toggle("late", seconds >= limit)
    }
  }
}

if (!document.hidden) tick()
setInterval(() => document.hidden || tick(), 1000)

// Helps to write: what the words call for, where it is, photos, a draft, and a sending that survives a lost network.
// Everything works without this file.
import { bringBack, forget, keep } from "./draft.js";
import { remember } from "./mine.js";
import { dress } from "./photos.js";
import { locate } from "./where.js";

const PAUSE = 350
const FIRST_TRY = 3_000
const LAST_TRY = 30_000

function help(form) {
  let timer
  let turn = 0
  let last = ""

  async function ask() {
    const asked = new URLSearchParams({ text: form.text.value.slice(0, 500), topic_code: form.topic_code.value, lat: form.lat.value, lon: form.lon.value }).toString()
    if (asked === last) return
    last = asked
    const mine = ++turn
    const answer = await fetch(`${form.dataset.help}?${asked}`).catch(() => null)
    if (!answer?.ok || mine !== turn) return
    const told = document.createElement("div")
    told.innerHTML = await answer.text()
    for (const part of told.querySelectorAll("template[data-part]")) {
      const shown = form.querySelector(`#${part.dataset.part}`)
      if (shown.innerHTML !== part.innerHTML.trim()) shown.innerHTML = part.innerHTML.trim()
    }
  }

  function soon() {
    clearTimeout(timer)
    timer = setTimeout(ask, PAUSE)
  }

  form.addEventListener("input", soon)
  form.addEventListener("change", soon)
  form.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-topic]")
    if (!chip) return
    form.topic_code.value = chip.dataset.topic
    form.topic_code.dispatchEvent(new Event("change", { bubbles: true }))
    form.querySelector("#topic-said").closest("summary").focus()
  })
  form.topic_code.addEventListener("change", () => {
    const chosen = form.topic_code.selectedOptions[0]
    form.querySelector("#topic-said").textContent = chosen?.value ? chosen.textContent : ""
  })
  if (form.text.value.trim()) soon()
}

function sending(form) {
  const said = form.querySelector("#sending")
  const button = form.querySelector("button.primary")
  let pause = FIRST_TRY
  let waiting
  let busy = false

  function say(words) {
    said.textContent = words
    said.hidden = !words
  }

  async function send() {
    if (busy) return
    busy = true
    clearTimeout(waiting)
    button.disabled = true
    const headers = { Accept: "application/json, text/html" }
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers }).catch(() => null)
    const told = answer ? await answer.text().catch(() => null) : null
    busy = false
    button.disabled = false
    delete form.dataset.sent
    if (told === null) return later()
    pause = FIRST_TRY
    if (answer.status === 201) {
      const { address } = JSON.parse(told)
      forget()
      if (address.startsWith("/status/")) remember(address)
      location.assign(address)
    } else if (!show(told, answer)) {
      say(detail(told) || said.dataset.failed)
    }
  }

  // Nobody there: say so, keep everything, and try again by ourselves; the key makes it one request however often.
  function later() {
    say(said.dataset.offline)
    waiting = setTimeout(send, pause)
    pause = Math.min(LAST_TRY, pause * 2)
  }

  function detail(told) {
    try {
      return JSON.parse(told).detail ?? ""
    } catch {
      return ""
    }
  }

  // The form as it came back: with what is wrong beside each field, and what was uploaded kept.
  function show(told, answer) {
    if (!answer.headers.get("Content-Type")?.startsWith("text/html")) return false
    const fresh = new DOMParser().parseFromString(told, "text/html").getElementById("write")
    if (!fresh) return false
    const shown = document.importNode(fresh, true)
    form.replaceWith(shown)
    start(shown)
    const wrong = shown.querySelector(".errorlist")
    const field = wrong?.closest(".field")?.querySelector("input, textarea, select")
    wrong?.scrollIntoView({ block: "center" })
    field?.focus({ preventScroll: true })
    return true
  }

  form.addEventListener("submit", (event) => {
    keep(form)
    if (event.submitter?.name === "switch" && navigator.onLine) return
    event.preventDefault()
    if (event.submitter?.name === "switch") say(said.dataset.offline)
    else send()
  })
  window.addEventListener("online", () => { if (waiting) send() })
}

function start(form) {
  bringBack(form)
  locate(form)
  dress(form)
  help(form)
  sending(form)
  form.topic_code.dispatchEvent(new Event("change"))
  form.addEventListener("input", () => keep(form))
  form.addEventListener("change", () => keep(form))
}

start(document.getElementById("write"))

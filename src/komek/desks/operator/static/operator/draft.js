// The draft of a card: saved as somebody types, never over the text of another window, found again after a lost page.
const form = document.getElementById("workbench")
const PAUSE = 600
const AGAIN = 3000
// What a proxy or the city says while there is nobody behind it.
const AWAY = [502, 503, 504]
// What must not follow a draft from one window into another.
const OWN = ["csrfmiddlewaretoken"]

let timer
let saving = false
let finishing = false
let revision = 0
let other = null // the text of another window, until somebody has chosen

function begin() {
  if (!form) return
  revision = Number(form.dataset.revision)
  const left = left_behind()
  if (left && !(left.sent && left.revision < revision)) restore(left)
  else localStorage.removeItem(kept())
}

function typed() {
  const data = Object.fromEntries(new FormData(form))
  for (const name of OWN) delete data[name]
  return data
}

function fill(data) {
  for (const [name, value] of Object.entries(data)) {
    if (form.elements[name] && !OWN.includes(name)) form.elements[name].value = value ?? ""
  }
  form.dispatchEvent(new Event("draft:filled"))
}

const kept = () => `draft:${form.dataset.contact}`
const same = (one, another) => Object.keys(one).every((name) => name === "key" || (one[name] ?? "") === (another[name] ?? ""))
const stash = (more) => localStorage.setItem(kept(), JSON.stringify({ data: typed(), revision, ...more }))

function left_behind() {
  try {
    return JSON.parse(localStorage.getItem(kept()) ?? "null")
  } catch {
    return null
  }
}

// What this browser had not yet sent when its page was lost.
function restore(left) {
  const shown = typed()
  if (same(left.data ?? {}, shown)) return localStorage.removeItem(kept())
  fill(left.data)
  if (left.revision === revision) keep()
  else choose_between({ data: shown, revision })
}

function keep() {
  stash()
  clearTimeout(timer)
  timer = setTimeout(save, PAUSE)
}

// One save at a time: two at once would look like two windows.
async function save() {
  if (saving) {
    timer = setTimeout(save, PAUSE)
    return
  }
  if (other) return
  saving = true
  const state = document.getElementById("draft-state")
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value
  const sent = typed()
  const answer = await fetch(form.dataset.draft, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" },
    body: JSON.stringify({ data: sent, revision }),
  }).catch(() => null)
  saving = false
  if (!answer) {
    state.textContent = form.dataset.away
    timer = setTimeout(save, AGAIN)
    return
  }
  // Whoever is signed out is led to a page that says 200, and nothing was saved.
  if (answer.redirected) {
    state.textContent = form.dataset.signedOut
    return
  }
  const told = await answer.json().catch(() => ({}))
  if (answer.ok) {
    revision = told.revision
    if (same(sent, typed())) localStorage.removeItem(kept())
    state.textContent = "✓ " + new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
  } else {
    state.textContent = told.detail ?? ""
    if (answer.status === 409 && told.data) choose_between(told)
  }
}

// Two texts, and a person decides; until then neither is saved over the other.
function choose_between(found) {
  if (!Object.keys(found.data).length || same(typed(), found.data)) {
    revision = found.revision
    return
  }
  other = found
  document.getElementById("draft-conflict").hidden = false
}

function chosen(whose) {
  const found = other
  other = null
  revision = found.revision
  if (whose === "other") fill(found.data)
  document.getElementById("draft-conflict").hidden = true
  keep()
}

// A card that is finished while the network is away goes when it is back: as often as it takes, and is made once, by its
// key. What the server refuses is sent once more as a page, which says why.
async function finish(event) {
  event.preventDefault()
  if (finishing) return
  finishing = true
  clearTimeout(timer)
  stash({ sent: true })
  const state = document.getElementById("draft-state")
  const body = new URLSearchParams(new FormData(form))
  for (;;) {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null)
    if (answer?.type === "opaqueredirect") return location.assign(form.dataset.after)
    if (answer && !AWAY.includes(answer.status)) return form.submit()
    state.textContent = form.dataset.away
    await a_while()
  }
}

function a_while() {
  return new Promise((done) => {
    setTimeout(done, AGAIN)
    addEventListener("online", done, { once: true })
  })
}

form?.addEventListener("input", keep)
form?.addEventListener("draft:changed", keep)
form?.addEventListener("submit", finish)
form?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-draft-of]")
  if (button && other) chosen(button.dataset.draftOf)
})

begin()

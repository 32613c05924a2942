// The workbench: drafts that survive, suggestions as somebody types, keys.
const form = document.getElementById("workbench")
const PAUSE = 600

// What must not follow a draft from one window into another.
const OWN = ["csrfmiddlewaretoken"]

let timer
let saving = false
let revision = 0
let other = null // the text of another window, until somebody has chosen

function begin() {
  if (!form) return
  revision = Number(form.dataset.revision)
  const left = left_behind()
  if (left && !(left.sent && left.revision < revision)) restore(left)
  else localStorage.removeItem(kept())
  show()
}

// Only what the chosen kind needs is on the screen.
function show() {
  const kind = form.querySelector("[name=kind]:checked")?.value
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(kind)
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
  show()
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
    state.textContent = "…"
    timer = setTimeout(save, 3000)
    return
  }
  const told = await answer.json().catch(() => ({}))
  if (answer.ok) {
    revision = told.revision
    if (same(sent, typed())) localStorage.removeItem(kept())
    state.textContent = "✓ " + new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
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

let asking
function ask(what, words, target) {
  clearTimeout(asking)
  asking = setTimeout(async () => {
    const answer = await fetch(`/operator/suggest/${what}/?q=${encodeURIComponent(words)}`).catch(() => null)
    const box = document.getElementById(target)
    if (answer?.ok && box) box.innerHTML = await answer.text()
  }, 180)
}

function choose(item) {
  if (item.dataset.topic !== undefined) {
    form.topic_code.value = item.dataset.topic
    form.topic_words.value = item.firstChild.textContent.trim()
    document.getElementById("topics").innerHTML = ""
  } else {
    form.place_text.value = item.dataset.place
    form.street_id.value = item.dataset.street
    form.house_id.value = item.dataset.house
    form.lat.value = item.dataset.lat
    form.lon.value = item.dataset.lon
    document.getElementById("places").innerHTML = ""
    if (item.dataset.lat) nearby(item.dataset.lat, item.dataset.lon)
  }
  keep()
}

async function nearby(lat, lon) {
  const answer = await fetch(`/operator/suggest/nearby/?lat=${lat}&lon=${lon}`).catch(() => null)
  if (answer?.ok) document.getElementById("nearby").innerHTML = await answer.text()
}

document.addEventListener("input", (event) => {
  if (!form?.contains(event.target)) return
  keep()
  if (event.target.name === "kind") show()
  if (event.target.name === "text") ask("answers", event.target.value, "answers")
  if (event.target.name === "topic_words") {
    form.topic_code.value = ""
    ask("topics", event.target.value, "topics")
  }
  if (event.target.name === "place_text") {
    for (const name of ["street_id", "house_id", "lat", "lon"]) form[name].value = ""
    ask("places", event.target.value, "places")
  }
})

document.addEventListener("click", (event) => {
  const item = event.target.closest("[role=option]")
  if (item) choose(item)
  const draft = event.target.closest("[data-draft-of]")
  if (draft && other) chosen(draft.dataset.draftOf)
  const article = event.target.closest("[data-article]")
  if (article && form) {
    form.article_id.value = article.dataset.article
    for (const other of document.querySelectorAll("[data-article]")) other.ariaPressed = String(other === article)
    keep()
  }
})

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[role=option]")) choose(event.target)
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) form.requestSubmit()
  if (event.key === "ArrowDown" && form?.contains(event.target)) {
    const list = event.target.parentElement.querySelector("[role=option]")
    if (list) {
      event.preventDefault()
      list.focus()
    }
  }
})

form?.addEventListener("submit", () => {
  clearTimeout(timer)
  stash({ sent: true })
})

begin()

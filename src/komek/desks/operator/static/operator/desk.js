// The workbench: what the chosen kind needs, suggestions as somebody types, keys.
const form = document.getElementById("workbench")
const changed = () => form.dispatchEvent(new Event("draft:changed"))

// Only what the chosen kind needs is on the screen.
function show() {
  const kind = form.querySelector("[name=kind]:checked")?.value
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(kind)
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
  changed()
}

async function nearby(lat, lon) {
  const answer = await fetch(`/operator/suggest/nearby/?lat=${lat}&lon=${lon}`).catch(() => null)
  if (answer?.ok) document.getElementById("nearby").innerHTML = await answer.text()
}

document.addEventListener("input", (event) => {
  if (!form?.contains(event.target)) return
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
  const article = event.target.closest("[data-article]")
  if (article && form) {
    form.article_id.value = article.dataset.article
    for (const other of document.querySelectorAll("[data-article]")) other.ariaPressed = String(other === article)
    changed()
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

form?.addEventListener("draft:filled", show)
if (form) show()

// The workbench: what the chosen kind needs, and what helps as somebody types.
import { choices } from "../ui/combobox.js";

const PAUSE = 180
const PLACE = ["street_id", "house_id", "lat", "lon"]
// Of the card that is on the page now.
let form = null
let script = null
const changed = () => form.dispatchEvent(new Event("draft:changed"))

// Only what the chosen kind needs is on the screen.
function show() {
  const kind = form.querySelector("[name=kind]:checked")?.value
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(kind)
  document.body.classList.toggle("panic", kind === "emergency")
  if (kind === "emergency") script.hidden = false
}

let asking
let asked = 0
function help() {
  clearTimeout(asking)
  asking = setTimeout(ask, PAUSE)
}

async function ask() {
  const turn = ++asked
  const mine = form
  if (!mine?.isConnected) return
  const query = new URLSearchParams()
  for (const name of ["text", "topic_code", "place_text", "language", "script", ...PLACE]) query.set(name, form.elements[name].value.slice(0, 500))
  const answer = await fetch(`${form.dataset.help}?${query}`).catch(() => null)
  // An answer that was overtaken by a later one says nothing any more.
  if (!answer?.ok || turn !== asked || mine !== form) return
  const told = new DOMParser().parseFromString(await answer.text(), "text/html")
  for (const part of told.querySelectorAll("template[data-part]")) {
    const shown = document.getElementById(part.dataset.part)
    if (shown === script) {
      // A script that somebody reads aloud stays where it is.
      if (ticks().length && !part.content.querySelector(`[data-script="${CSS.escape(form.script.value)}"]`)) continue
      script.hidden = part.dataset.called === undefined && !document.body.classList.contains("panic")
    }
    if (shown.innerHTML !== part.innerHTML) replace(shown, document.importNode(part.content, true))
  }
  // What no article answers goes along with the card: an editor should know what is missing.
  const found = document.querySelector("#answers [data-article]")
  form.missed.value = found ? "" : form.text.value.slice(0, 500)
  press(form.article_id.value)
  tick_again()
}

// Whoever stands on a step of a script stays there while something else around it changes.
function replace(shown, content) {
  const list = shown.querySelector("[data-script]")
  const next = content.querySelector("[data-script]")
  const held = list?.contains(document.activeElement) ? document.activeElement : null
  if (list && next && ["script", "version", "language"].every((name) => list.dataset[name] === next.dataset[name])) next.replaceWith(list)
  shown.replaceChildren(content)
  held?.focus()
}

// The steps of a script: what was ticked and when goes with the draft.
function ticks() {
  try {
    return JSON.parse(form.ticks.value || "[]")
  } catch {
    return []
  }
}

function tick(box) {
  const list = box.closest("[data-script]")
  const step = Number(box.dataset.step)
  const others = form.script.value === list.dataset.script ? ticks().filter((one) => one.step !== step) : []
  form.script.value = list.dataset.script
  form.script_version.value = list.dataset.version
  form.ticks.value = JSON.stringify(box.checked ? [...others, { step, at: new Date().toISOString() }] : others)
  tick_again()
  changed()
}

function tick_again() {
  const list = script.querySelector("[data-script]")
  if (!list) return
  const mine = form.script.value === list.dataset.script ? ticks() : []
  for (const box of list.querySelectorAll("[data-step]")) {
    const ticked = mine.find((one) => one.step === Number(box.dataset.step))
    box.checked = Boolean(ticked)
    box.closest("li").classList.toggle("done", box.checked)
    box.parentElement.querySelector("time").textContent = ticked ? new Date(ticked.at).toLocaleTimeString("ru") : ""
  }
}

function choose_script(code) {
  if (form.script.value !== code) form.ticks.value = ""
  form.script.value = code
  changed()
  help()
}

function hand_over(number) {
  form.querySelector("[name=kind][value=emergency]").checked = true
  form.handed_to.value = number
  show()
  changed()
  form.confirmed_by.focus()
}

function press(article) {
  for (const one of document.querySelectorAll("[data-article]")) one.ariaPressed = String(one.dataset.article === article)
}

function take_topic(item) {
  form.topic_code.value = item.dataset.topic
  form.topic_words.value = item.dataset.name
}

function take_place(found) {
  form.place_text.value = found.place_text
  for (const name of PLACE) form[name].value = found[name] ?? ""
  // The pin follows its fields.
  form.lat.dispatchEvent(new Event("change"))
  if (found.landmark && !form.landmark.value) form.landmark.value = found.landmark
}

// An answer from the knowledge base: who had a request of it so far had a question.
function take_answer(button) {
  form.article_id.value = button.dataset.article
  const question = form.querySelector("[name=kind][value=question]")
  if (form.querySelector("[name=kind]:checked")?.value !== "not_ours") question.checked = true
  press(button.dataset.article)
  show()
}

document.addEventListener("click", (event) => {
  if (!form) return
  const guess = event.target.closest("button[data-topic]")
  const again = event.target.closest("button[data-place]")
  const article = event.target.closest("[data-article]")
  const chosen = event.target.closest("[data-choose-script]")
  const number = event.target.closest("[data-number]")
  if (event.target.closest("#alarm")) {
    form.querySelector("[name=kind][value=emergency]").checked = true
    show()
    changed()
    return help()
  }
  if (number) return hand_over(number.dataset.number)
  if (chosen) return choose_script(chosen.dataset.chooseScript)
  if (guess) take_topic(guess)
  else if (again) take_place(JSON.parse(again.dataset.place))
  else if (article) take_answer(article)
  else return
  changed()
  help()
})

// The key of a service in the strip of the telephone says on the card too who has it.
document.addEventListener("service:called", ({ detail }) => form && hand_over(detail))

function begin() {
  if (document.getElementById("workbench") === form) return
  form = document.getElementById("workbench")
  script = document.getElementById("script")
  if (!form) return
  form.addEventListener("komek-map:moved", () => {
    changed()
    help()
  })
  form.addEventListener("input", ({ target: { name } }) => {
    if (name === "kind") show()
    if (name === "topic_words") form.topic_code.value = ""
    if (name === "place_text") for (const one of PLACE) form[one].value = ""
    if (["text", "place_text", "topic_words", "language"].includes(name)) help()
  })
  form.addEventListener("draft:filled", () => {
    show()
    help()
  })
  choices(form.place_text, (item) => {
    const { place, street, house, lat, lon } = item.dataset
    take_place({ place_text: place, street_id: street, house_id: house, lat, lon })
    changed()
    help()
  })
  choices(form.topic_words, (item) => {
    take_topic(item)
    changed()
    help()
  })
  script.addEventListener("change", (event) => {
    if (event.target.dataset.step) tick(event.target)
  })
  show()
  help()
  if (form.checkVisibility()) form.elements.text.focus()
  document.querySelector("details.more")?.addEventListener("toggle", () => form.elements.text.focus())
}

begin()
document.addEventListener("desk:shown", begin)

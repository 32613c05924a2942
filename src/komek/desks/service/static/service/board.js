// The board: arrows lead through the lists, the map shows the same orders, and what is ticked stays ticked when lists change.
const board = document.getElementById("board")
const map = document.getElementById("city")
const words = document.getElementById("board-words").dataset
const ticked = new Set()
let here = ""

const lines = () => [...document.querySelectorAll(".line")]
const box = (line) => line.querySelector("input")
const line = (id) => document.querySelector(`.line[data-id="${CSS.escape(id)}"]`)

function say() {
  const state = document.getElementById("ticked")
  state.textContent = ticked.size ? `${words.ticked}: ${ticked.size}` : here && line(here) ? words.one : ""
}

function marks() {
  return lines().filter((one) => one.dataset.lat).map((one) => ({
    id: one.dataset.id,
    lat: Number(one.dataset.lat),
    lon: Number(one.dataset.lon),
    kind: one.classList.contains("late") ? "overdue" : "open",
    label: one.querySelector(".place .one-line").textContent,
  }))
}

function stand(id) {
  here = id
  for (const one of lines()) one.classList.toggle("here", one.dataset.id === id)
  map.setAttribute("selected", id)
  say()
}

// Lists that were asked for again are new elements: what was ticked and where one stood goes over to them.
function renew() {
  const lost = document.activeElement === document.body
  for (const one of lines()) box(one).checked = ticked.has(one.dataset.id)
  for (const id of ticked) if (!line(id)) ticked.delete(id)
  if (here) stand(here)
  if (lost && here && line(here)) box(line(here)).focus()
  map.show?.(marks())
  say()
}

document.addEventListener("change", (event) => {
  const one = event.target.closest(".line")
  if (one) {
    if (event.target.checked) ticked.add(one.dataset.id)
    else ticked.delete(one.dataset.id)
    say()
  } else event.target.closest(".filters")?.requestSubmit()
})

document.addEventListener("focusin", (event) => {
  const one = event.target.closest(".line")
  if (one) stand(one.dataset.id)
})

document.addEventListener("mouseover", (event) => {
  const one = event.target.closest(".line")
  if (one) map.setAttribute("selected", one.dataset.id)
})

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("dialog, select, .bulk")) return
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const all = lines()
  if (step && all.length) {
    event.preventDefault()
    const from = all.findIndex((one) => one.dataset.id === here)
    box(all[from < 0 ? 0 : Math.min(all.length - 1, Math.max(0, from + step))]).focus()
  } else if (event.key === "Enter" && event.target.matches(".line input")) {
    event.preventDefault()
    event.target.closest(".line").querySelector(".what").click()
  }
})

// With nothing ticked it is done to the order one stands on.
board.addEventListener("submit", () => {
  const one = here && line(here)
  if (!ticked.size && one) box(one).checked = true
})
board.elements.foreman.addEventListener("click", () => board.elements.foreman.focus())
board.elements.foreman.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return
  event.preventDefault()
  board.querySelector("[data-key='Alt+KeyG']").click()
})

map.addEventListener("komek-map:pick", (event) => {
  event.preventDefault()
  const one = line(String(event.detail.id))
  if (one) box(one).focus()
  one?.scrollIntoView({ block: "nearest" })
})

document.addEventListener("region:fresh", renew)
renew()
customElements.whenDefined("komek-map").then(renew)

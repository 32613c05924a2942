// The board: a list led by keys, and a map that always shows the same cards.
import { again, toggle, toggle_all } from "./bulk.js";

const STEPS = { KeyJ: 1, ArrowDown: 1, KeyK: -1, ArrowUp: -1 }
const map = document.getElementById("board-map")
const help = document.getElementById("keys")
let here = "" // the number of the card that the keys are at

const rows = () => [...document.querySelectorAll("tr[data-card]")]
const row_of = (number) => document.querySelector(`tr[data-card="${CSS.escape(number)}"]`)

function select(row, { focus = true } = {}) {
  here = row.dataset.card
  if (focus) row.querySelector("a").focus()
  row.scrollIntoView({ block: "nearest" })
  map?.setAttribute("selected", here)
  map?.look?.()
}

function step(by) {
  const all = rows()
  if (!all.length) return
  // A card may stand here twice: the row that has the focus is where the keys are.
  const focused = all.indexOf(document.activeElement.closest("tr[data-card]"))
  const at = focused < 0 ? all.findIndex((row) => row.dataset.card === here) : focused
  select(all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))])
}

function show_marks() {
  const told = document.getElementById("board-marks")
  if (map && told) customElements.whenDefined("komek-map").then(() => map.show(JSON.parse(told.dataset.marks)))
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return
  if (event.target.matches("select, textarea, input:not([type=checkbox])") || event.target.closest("komek-map, dialog")) return
  if (event.code === "KeyX") {
    event.preventDefault()
    if (event.shiftKey) toggle_all()
    else if (row_of(here)) toggle(row_of(here).querySelector("input[name=card]"))
  } else if (STEPS[event.code] && !event.shiftKey) {
    event.preventDefault()
    step(STEPS[event.code])
  }
})

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("tr[data-card]")
  if (row && row.dataset.card !== here) select(row, { focus: false })
})

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-card]")
  // A box that keeps the focus would keep the list from being shown anew.
  if (row && !event.target.closest("a")) select(row)
})

map?.addEventListener("komek-map:pick", (event) => {
  event.preventDefault()
  const row = row_of(event.detail.id)
  if (row) select(row)
})

document.addEventListener("region:fresh", (event) => {
  if (!["board", "list"].includes(event.target.dataset.region)) return
  again()
  show_marks()
  // The keys stay where they were, unless somebody has gone elsewhere meanwhile.
  if (here && row_of(here) && document.activeElement === document.body) row_of(here).querySelector("a").focus({ preventScroll: true })
})

// A filter that was chosen is a wish: nobody has to say so twice.
const filters = document.querySelector("form[data-sends]")
filters?.addEventListener("change", () => filters.requestSubmit())
filters?.querySelector("button:not([type=button])").setAttribute("hidden", "")

const asks = document.querySelector("[data-opens=keys]")
if (asks) {
  asks.hidden = false
  asks.addEventListener("click", () => help.showModal())
}
show_marks()

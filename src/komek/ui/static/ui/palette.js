// The palette: everything this page can do, by its name; and a card by its number, a person by their phone.
import { press } from "./keys.js";

const palette = document.getElementById("palette")
const field = palette?.querySelector("[name=q]")
const list = palette?.querySelector("[role=listbox]")
let active = 0

function words(element) {
  const copy = element.cloneNode(true)
  for (const extra of copy.querySelectorAll("kbd, .aloud")) extra.remove()
  return (element.dataset.command || element.getAttribute("aria-label") || copy.textContent).replace(/\s+/g, " ").trim()
}

// What a hand could reach on this page: each with its name, its key, and how it is done.
function commands() {
  const found = []
  for (const element of document.querySelectorAll("[data-key], [data-command], .top > nav a")) {
    if (element.closest("dialog") || element.disabled || element.dataset.opens === "palette") continue
    const from = (element.matches("input") && element.closest("label")) || element
    if (from.closest("[hidden]")) continue
    found.push({ text: words(from), key: from.querySelector("kbd")?.textContent ?? "", run: () => press(element) })
  }
  return found.filter((one) => one.text)
}

function fitting() {
  const asked = field.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return commands().filter(({ text }) => asked.every((word) => text.toLocaleLowerCase().includes(word)))
}

let offered = []
function draw() {
  offered = fitting()
  active = Math.min(active, Math.max(0, offered.length - 1))
  list.replaceChildren(
    ...offered.map((one, place) => {
      const item = document.createElement("li")
      item.role = "option"
      item.id = `command-${place}`
      item.ariaSelected = String(place === active)
      item.append(one.text)
      if (one.key) {
        const key = document.createElement("kbd")
        key.className = "where"
        key.textContent = one.key
        item.append(key)
      }
      return item
    }),
  )
  if (offered.length) field.setAttribute("aria-activedescendant", `command-${active}`)
  else field.removeAttribute("aria-activedescendant")
  list.children[active]?.scrollIntoView({ block: "nearest" })
}

function run(place) {
  palette.close()
  offered[place]?.run()
}

if (palette) {
  const button = document.querySelector("[data-opens=palette]")
  button.hidden = false
  button.addEventListener("click", () => {
    field.value = ""
    active = 0
    palette.showModal()
    draw()
    field.focus()
  })
  field.addEventListener("input", () => {
    active = 0
    draw()
  })
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      active = (active + (event.key === "ArrowDown" ? 1 : -1) + offered.length) % Math.max(1, offered.length)
      draw()
    } else if (event.key === "Enter" && offered.length && field.value.trim()) {
      event.preventDefault()
      run(active)
    }
  })
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]")
    if (item) run([...list.children].indexOf(item))
  })
  palette.addEventListener("click", (event) => event.target === palette && palette.close())
}

// The orders of this telephone: the links it was given, the newest first, and what of them waits to be sent.
import { all, drop } from "./keep.js";
import { install } from "./offline.js";

const mine = document.getElementById("mine")
const list = mine.querySelector(".orders")
const KEPT = 4 * 24 * 3600 * 1000

function rowOf({ link, number, topic, place }, waiting) {
  const open = document.createElement("a")
  open.href = link
  open.className = "btn huge"
  const text = document.createElement("span")
  const title = document.createElement("b")
  title.textContent = topic || number
  text.append(title, document.createElement("br"), [number, place].filter(Boolean).join(" · "))
  open.append(text)
  if (waiting) {
    const chip = document.createElement("span")
    chip.className = "chip warn"
    chip.textContent = `${document.getElementById("words").dataset.waiting}: ${waiting}`
    open.append(chip)
  }
  const row = document.createElement("li")
  row.append(open)
  return row
}

async function show() {
  const [orders, actions, files] = await Promise.all(["orders", "actions", "files"].map(all))
  const left = (link) => [...actions, ...files].filter((one) => one.link === link).length
  const fresh = []
  for (const order of orders.sort((one, other) => other.at - one.at)) {
    if (Date.now() - order.at > KEPT && !left(order.link)) await drop("orders", order.link)
    else fresh.push(rowOf(order, left(order.link)))
  }
  list.replaceChildren(...fresh)
  list.hidden = !fresh.length
  document.getElementById("none").hidden = fresh.length > 0
}

show()
install(mine.dataset.worker, location.pathname)

// What the foreman sees: the one thing to do, how far it is, the files, the network, and what was refused.
import { change, drop, of } from "./keep.js";
import { sent } from "./send.js";
import { link, standing, WAY, words, work } from "./standing.js";

const list = document.getElementById("files")
const box = document.getElementById("refused")

function make(name, attributes, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

export async function show() {
  const [actions, files] = await Promise.all([of("actions", link), of("files", link)])
  const status = standing(actions)
  for (const part of work.querySelectorAll("[data-opens]")) if (part.dataset.opens === status && work.dataset.standing !== status) part.open = true
  work.dataset.standing = status
  const reached = WAY.indexOf(status)
  for (const step of work.querySelectorAll("[data-reached]")) {
    const place = WAY.indexOf(step.dataset.reached)
    step.classList.toggle("past", place <= reached)
    if (place === reached + 1) step.setAttribute("aria-current", "step")
    else step.removeAttribute("aria-current")
  }
  showFiles(files.filter((file) => !actions.some((action) => action.files.some(({ key }) => key === file.key))))
  showNet(actions, files)
  showRefused(actions.find((action) => action.refused))
}

function showFiles(files) {
  list.hidden = !files.length
  work.classList.toggle("shown", files.some((file) => !file.refused))
  const kept = new Map([...list.children].map((row) => [row.dataset.key, row]))
  for (const file of files) {
    const row = kept.get(file.key) ?? list.appendChild(rowOf(file))
    kept.delete(file.key)
    row.classList.toggle("refused", Boolean(file.refused))
    row.querySelector("progress").value = sent(file)
    row.querySelector(".how").textContent = file.refused || (file.arrived ? `✓ ${words.arrived}` : words.kept)
  }
  for (const row of kept.values()) row.remove()
}

function rowOf(file) {
  const remove = make("button", { type: "button", class: "btn huge quiet" }, words.remove)
  remove.addEventListener("click", async () => {
    await drop("files", file.key)
    fetch(`${work.dataset.pieces}${file.key}/`, { method: "DELETE" }).catch(() => null)
    show()
  })
  const name = make("span", { class: "grow" }, make("b", { class: "wrap-anywhere" }, file.name), ` · ${words[file.shows]}`, make("br", {}), make("span", { class: "how" }))
  return make("li", { "data-key": file.key }, make("div", { class: "row tight" }, name, remove), make("progress", { max: file.size, "aria-label": file.name }))
}

function showNet(actions, files) {
  const net = document.getElementById("net")
  const left = actions.filter((action) => !action.refused).length + files.filter((file) => !file.arrived && !file.refused).length
  const total = files.reduce((sum, file) => sum + file.size, 0)
  const share = total ? ` ${Math.floor((100 * files.reduce((sum, file) => sum + sent(file), 0)) / total)} %` : ""
  const lost = !navigator.onLine || (left && work.dataset.lost !== undefined)
  const state = lost ? "lost" : left ? "sending" : "sent"
  const text = lost ? words.offline : left ? `${words.sending}…${share}` : words.sent
  const count = left ? ` ${words.waiting}: ${left}.` : ""
  net.hidden = state === "sent" && !net.dataset.state
  if (net.dataset.state !== state || net.dataset.left !== String(left) || state === "sending") {
    net.textContent = text + (lost ? count : "")
  }
  Object.assign(net.dataset, net.hidden ? {} : { state, left })
}

function showRefused(action) {
  if (box.dataset.shown === (action?.key ?? "told")) return
  box.hidden = !action
  if (!action) return
  box.dataset.shown = action.key
  const decide = (word, style, act) => {
    const button = make("button", { type: "button", class: `btn huge ${style}` }, word)
    button.addEventListener("click", async () => {
      delete box.dataset.shown
      await act()
      await show()
      work.dispatchEvent(new Event("foreman:go"))
    })
    return button
  }
  box.replaceChildren(
    make("p", {}, action.refused),
    decide(words.again, "primary", () => again(action)),
    decide(words.discard, "danger", () => drop("actions", action.id)),
  )
}

// A file that was refused would be refused again: the action goes without it.
async function again({ id, files }) {
  const refused = (await of("files", link)).filter((file) => file.refused).map(({ key }) => key)
  await change("actions", id, { refused: "", files: files.filter(({ key }) => !refused.includes(key)) })
}

export function tell(text) {
  box.hidden = !text
  box.dataset.shown = "told"
  box.replaceChildren(make("p", {}, text))
}

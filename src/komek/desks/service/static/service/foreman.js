// The foreman's page on a bad network: what is done is kept first and sent after. Without this file the forms send themselves.
import { all, drop, of, put } from "./keep.js";
import { install, keepPage } from "./offline.js";
import { Later, send, sent } from "./send.js";

const work = document.getElementById("work")
const words = document.getElementById("words").dataset
const link = location.pathname
const REACHES = { accept: "accepted", "set-out": "on_the_way", arrive: "on_site", report: "done", decline: "declined" }
const WAY = ["sent", "accepted", "on_the_way", "on_site", "done"]
const FIRST_PAUSE = 1000, LONGEST_PAUSE = 20000
const list = document.getElementById("files")
let pause = FIRST_PAUSE
let timer
let busy = false
let again = false

// What this telephone knows of the order, from the page or from an answer: a page may be an old one that was kept.
let known

function page() {
  const { status, returned } = document.getElementById("state").dataset
  return { status, returned: Number(returned) }
}

function further(one, other) {
  if (one.returned !== other.returned) return one.returned > other.returned ? one : other
  const place = ({ status }) => (status === "declined" ? WAY.length : WAY.indexOf(status))
  return place(other) > place(one) ? other : one
}

async function note(told) {
  known = known ? further(known, told) : told
  const { number, topic, place } = work.dataset
  await put("orders", { link, number, topic, place, known, at: Date.now() })
}

function make(name, attributes, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

// Where the order stands: as the server knows it, and what this telephone has done since.
function standing(actions) {
  const last = actions.filter((action) => !action.refused).at(-1)
  return last ? REACHES[last.verb] : known.status
}

async function show() {
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
  const lost = !navigator.onLine || (left && pause > FIRST_PAUSE)
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
  const box = document.getElementById("refused")
  box.hidden = !action
  if (!action || box.dataset.shown === action.key) return
  box.dataset.shown = action.key
  const decide = (word, style, act) => {
    const button = make("button", { type: "button", class: `btn huge ${style}` }, word)
    button.addEventListener("click", async () => {
      delete box.dataset.shown
      await act()
      await show()
      pump()
    })
    return button
  }
  const without = ({ refused, ...rest }) => rest
  box.replaceChildren(
    make("p", {}, action.refused),
    decide(words.again, "primary", () => put("actions", without(action))),
    decide(words.discard, "danger", () => drop("actions", action.id)),
  )
}

async function keep(form, pressed) {
  const fields = [...new FormData(form, pressed)].filter(([name, value]) => typeof value === "string" && !["key", "csrfmiddlewaretoken", "kept_files"].includes(name))
  const verb = form.dataset.queue
  const files = verb === "report" ? (await of("files", link)).filter((file) => !file.refused).map(({ key, shows }) => ({ key, shows })) : []
  await put("actions", { link, verb, address: form.action, fields, files, key: crypto.randomUUID(), at: new Date().toISOString() })
}

// A report without a photo says why before it goes.
function lacks(form, pressed) {
  const told = new FormData(form, pressed)
  return form.dataset.queue === "report" && told.get("outcome") === "done" && !told.get("reason_code") && !work.classList.contains("shown")
}

async function take(field) {
  const shows = document.getElementById("id_shows").value
  for (const content of field.files) {
    const file = { key: crypto.randomUUID(), link, name: content.name || "photo", size: content.size, shows, content }
    try {
      await put("files", file)
    } catch {
      return alertOf(words.full)
    }
  }
  field.value = ""
  await show()
  pump()
}

function alertOf(text) {
  const box = document.getElementById("refused")
  box.hidden = false
  delete box.dataset.shown
  box.replaceChildren(make("p", {}, text))
}

async function refresh() {
  for (const region of work.querySelectorAll("[data-region]")) {
    const answer = await fetch(link, { headers: { "X-Region": region.dataset.region } }).catch(() => null)
    if (!answer?.ok || answer.redirected) return
    const html = await answer.text()
    if (html !== region.innerHTML) region.innerHTML = html
  }
  await note(page())
  keepPage(link)
}

async function pump() {
  clearTimeout(timer)
  if (busy) {
    again = true
    return
  }
  busy = true
  try {
    const before = (await of("actions", link)).length
    await send(link, work.dataset.pieces, {
      reached: (status) => note({ status, returned: known.returned }),
      tell: () => {
        pause = FIRST_PAUSE
        return show()
      },
    })
    pause = FIRST_PAUSE
    if (before) await refresh()
  } catch (failure) {
    if (!(failure instanceof Later)) throw failure
    timer = setTimeout(pump, Math.max(pause, failure.seconds * 1000))
    pause = Math.min(pause * 2, LONGEST_PAUSE)
  } finally {
    busy = false
    await show()
  }
  if (again) {
    again = false
    pump()
  }
}

async function start() {
  // A browser that keeps nothing, or no page without encryption, has the forms, as without this file.
  if (!isSecureContext) return
  known = (await all("orders")).find((order) => order.link === link)?.known
  await note(page())
  document.body.classList.add("keeps")
  work.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-queue]")
    if (!form || form.dataset.plain !== undefined) return
    event.preventDefault()
    event.stopPropagation()
    if (form.dataset.keeping !== undefined) return
    if (lacks(form, event.submitter)) {
      const why = document.getElementById("no-photo")
      why.classList.add("asked")
      why.scrollIntoView({ block: "center" })
      why.querySelector("button").focus()
      return
    }
    form.dataset.keeping = ""
    try {
      await keep(form, event.submitter)
      form.reset()
    } catch {
      // No room to keep it: it goes as it would without this file.
      form.dataset.plain = ""
      return form.requestSubmit(event.submitter)
    } finally {
      delete form.dataset.keeping
    }
    await show()
    scrollTo({ top: 0 })
    pump()
  }, true)
  for (const field of work.querySelectorAll("input[type=file]")) field.addEventListener("change", () => take(field))
  document.addEventListener("region:fresh", async () => {
    await note(page())
    await show()
    keepPage(link)
  })
  addEventListener("online", () => {
    pause = FIRST_PAUSE
    pump()
  })
  addEventListener("offline", show)
  document.addEventListener("visibilitychange", () => document.hidden || pump())
  navigator.storage?.persist?.()
  await show()
  pump()
  await install(work.dataset.worker, link)
}

start()

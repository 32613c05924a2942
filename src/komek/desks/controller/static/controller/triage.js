// Checks in a row: a key decides, the next one is there at once, and what was decided can be taken back for a moment.
import { follow } from "../ui/live.js";
import { look } from "./viewer.js";

const GRACE = 6000 // so long a decision may be taken back; then it is sent
const RETRY = 3000
const DWELL = 1500 // whoever looks so long at a check is there, and hears of it
const BREATH = 250 // a key pressed twice decides about one check, not about two
const AHEAD = 3

const desk = document.getElementById("triage")
const region = document.querySelector("[data-region=check]")
const here = document.querySelector("[data-region=here]")
const log = document.getElementById("log")
const list = log.querySelector("ul")
const words = log.querySelector("[data-words]").dataset
const map = document.getElementById("place")
const token = desk.querySelector("[name=csrfmiddlewaretoken]").value
const SHELF = `check:${desk.dataset.who}:` // what is not sent yet, each decision by itself: another window has its own

const fetched = new Map() // check → promise of its page
const decided = new Set()
const pending = [] // decisions that can be taken back, and those that wait for the network
let wanted = "" // the check that is to be shown, whatever the stream brings
let outcome = {} // what was chosen for a check, should it be shown anew meanwhile
let followed = ""
let shown = { check: "", at: 0 }
let dwelling
let total = 0

const current = () => region.querySelector("[data-check]")
const queue = () => [...document.querySelectorAll(".queue [data-check]")].map((one) => one.dataset.check)
const address = (check) => `${desk.dataset.checks}?check=${check}`

function fetch_check(check) {
  if (!fetched.has(check)) {
    const page = fetch(address(check), { headers: { "X-Region": "check" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer)))
      .then((html) => {
        // Its photos are on their way before anybody looks.
        for (const image of new DOMParser().parseFromString(html, "text/html").querySelectorAll("img")) new Image().src = image.getAttribute("src")
        return html
      })
    page.catch(() => fetched.delete(check))
    fetched.set(check, page)
  }
  return fetched.get(check)
}

function neighbours(check, by) {
  const all = queue().filter((one) => one === check || !decided.has(one))
  const at = all.indexOf(check)
  const from = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by
  return by > 0 ? all.slice(from) : all.slice(0, from + 1).reverse()
}

async function go(check) {
  wanted = check ?? ""
  unfollow()
  if (!check) return rest()
  let html
  try {
    html = await fetch_check(check)
  } catch {
    return location.assign(address(check))
  }
  if (wanted !== check) return
  region.innerHTML = html
  arrived()
}

// What was shown until now is nobody's business any more.
function unfollow() {
  clearTimeout(dwelling)
  followed = ""
  region.dataset.live = ""
  document.body.dataset.livePage = wanted ? address(wanted) : desk.dataset.checks
  here.dataset.live = ""
  here.replaceChildren()
}

function rest() {
  region.replaceChildren(document.getElementById("all-done").content.cloneNode(true))
  document.getElementById("where").hidden = true
  // Nobody is at the last check any more.
  const { liveHere, livePass } = document.body.dataset
  if (liveHere) follow({ page: desk.dataset.checks, pass: livePass })
  send_all()
}

// A check stands before somebody: its place on the map, its line in the list, and the next ones on their way.
function arrived() {
  const check = current()
  if (!check) return
  wanted = check.dataset.check
  // Shown anew by the stream it is still the same check, and nobody has to look at it again.
  if (shown.check !== wanted) shown = { check: wanted, at: performance.now() }
  check.dataset.shown = shown.at
  mark()
  if (outcome.check === wanted) region.querySelector(`[name=outcome][value=${outcome.value}]`)?.click()
  const where = document.getElementById("where")
  where.hidden = !check.dataset.marks
  if (check.dataset.marks) {
    const marks = JSON.parse(check.dataset.marks)
    customElements.whenDefined("komek-map").then(() => {
      map.show(marks)
      map.map?.jumpTo({ center: [marks[0].lon, marks[0].lat] })
    })
  }
  history.replaceState(null, "", address(check.dataset.check))
  for (const one of neighbours(check.dataset.check, 1).slice(0, AHEAD)) fetch_check(one).catch(() => {})
  clearTimeout(dwelling)
  dwelling = setTimeout(() => stay(check), DWELL)
}

function stay(check) {
  if (check !== current()) return
  const known = followed === wanted
  followed = wanted
  region.dataset.live = check.dataset.topics
  here.dataset.live = check.dataset.hereTopic
  if (document.body.dataset.liveUrl && !known) follow({ page: address(check.dataset.check), pass: check.dataset.pass, here: check.dataset.here })
}

function mark() {
  for (const line of document.querySelectorAll(".queue [data-check]")) {
    line.toggleAttribute("data-decided", decided.has(line.dataset.check))
    line.ariaCurrent = String(line.dataset.check === current()?.dataset.check)
  }
  // The list alone moves, never the page under somebody's eyes.
  const line = document.querySelector(".queue [aria-current=true]")
  const box = line?.closest(".queue")
  if (box) box.scrollTop = Math.min(Math.max(box.scrollTop, line.offsetTop + line.offsetHeight - box.clientHeight), line.offsetTop)
}

// Decisions

function decide(form, submitter) {
  const check = current()
  if (!check || performance.now() - shown.at < BREATH) return
  // About one check one thing at a time: a key that is held down decides once.
  if (decided.has(check.dataset.check) || pending.some((one) => one.id === check.dataset.check)) return
  const fields = Object.fromEntries(new FormData(form, submitter))
  delete fields.csrfmiddlewaretoken
  const verb = form.dataset.verdict
  const one = { id: check.dataset.check, number: check.dataset.number, verb, url: form.action, fields, key: crypto.randomUUID(), at: Date.now() }
  add(one)
  if (verb === "extend") return void send(one)
  decided.add(one.id)
  const [next] = neighbours(one.id, 1).filter((id) => id !== one.id)
  const [before] = neighbours(one.id, -1).filter((id) => id !== one.id)
  go(next ?? before)
}

function add(one) {
  pending.push(one)
  const line = log.querySelector("template").content.cloneNode(true).firstElementChild
  line.querySelector("a").textContent = one.number
  line.querySelector("a").href = address(one.id)
  one.line = line
  list.prepend(line)
  log.hidden = false
  total += 1
  say(one, one.fields.reason ?? "")
  one.timer = setTimeout(() => send(one), GRACE)
  keep(one)
}

function say(one, text = "") {
  const said = { accept: words.accept, "give-back": words.giveBack, extend: words.extend }[one.verb]
  one.line.querySelector(".grow").textContent = [said, text].filter(Boolean).join(": ")
  one.line.dataset.verb = one.verb
  one.line.dataset.state = one.state ?? "pending"
}

// What was decided and not sent yet outlives this page.
function keep(one) {
  const { line, timer, ...told } = one
  localStorage.setItem(SHELF + one.key, JSON.stringify(told))
  count()
}

function count() {
  document.getElementById("undo").disabled = pending.every((one) => one.state)
  log.querySelector("[data-total]").textContent = total
  while (list.children.length > 12) list.lastElementChild.remove()
}

function drop(one) {
  clearTimeout(one.timer)
  if (pending.includes(one)) pending.splice(pending.indexOf(one), 1)
  localStorage.removeItem(SHELF + one.key)
  count()
}

async function send(one) {
  if (one.state === "sending" || !pending.includes(one)) return
  clearTimeout(one.timer)
  one.state = "sending"
  keep(one)
  const body = new URLSearchParams({ ...one.fields, key: one.key })
  const answer = await fetch(one.url, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token, Accept: "application/json" } }).catch(() => null)
  // Whoever is signed out is led to a page that says 200, and who has signed in again elsewhere has an old token here.
  const outside = answer?.redirected || answer?.status === 403
  if (!answer || outside || answer.status >= 500) {
    one.state = "waits"
    say(one, outside ? words.signedOut : words.waits)
    if (!outside) one.timer = setTimeout(() => send(one), RETRY)
    return keep(one)
  }
  const told = await answer.json().catch(() => ({}))
  fetched.delete(one.id)
  // While the check is shown anew its promise is still being moved; what was refused stays as it was typed.
  if (answer.ok && one.verb === "extend" && one.id === current()?.dataset.check) await go(one.id)
  one.state = answer.ok ? "sent" : "refused"
  say(one, answer.ok ? one.fields.reason ?? "" : told.detail ?? String(answer.status))
  if (!answer.ok) {
    decided.delete(one.id)
    total -= 1
  }
  drop(one)
  mark()
}

function send_all() {
  for (const one of [...pending]) send(one)
}

function take_back() {
  const one = pending.findLast((other) => !other.state)
  if (!one) return
  total -= 1
  decided.delete(one.id)
  one.line.remove()
  drop(one)
  go(one.id)
}

document.addEventListener("submit", (event) => {
  if (!event.target.dataset.verdict) return
  event.preventDefault()
  delete event.target.dataset.sent
  decide(event.target, event.submitter)
})
document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]")
  const line = event.target.closest(".queue a, #log a")
  if (event.target.closest("#undo")) take_back()
  else if (event.target.closest("[data-look]")) look()
  else if (step) {
    const [next] = neighbours(current()?.dataset.check, Number(step.dataset.step)).filter((id) => id !== current()?.dataset.check)
    if (next) go(next)
  } else if (line && !event.ctrlKey && !event.metaKey) {
    event.preventDefault()
    go(new URL(line.href).searchParams.get("check"))
  }
})
region.addEventListener("change", (event) => {
  if (event.target.name === "outcome") outcome = { check: wanted, value: event.target.value }
})
document.addEventListener("toggle", (event) => {
  if (event.target.matches("details.verb") && event.target.open) event.target.querySelector("input:not([type=hidden])")?.focus()
}, true)
document.addEventListener("region:fresh", (event) => {
  if (event.target.dataset.region === "queue") {
    mark()
    if (!current() && queue().some((one) => !decided.has(one))) go(queue().find((one) => !decided.has(one)))
  }
  if (event.target !== region) return
  if (current()?.dataset.check === wanted) arrived()
  else go(wanted || undefined)
})
// Whoever leaves has decided.
addEventListener("pagehide", send_all)

// What an earlier page has decided and not brought through; in another window it may still be taken back.
function take_up() {
  for (const [name, told] of Object.entries(localStorage)) {
    if (!name.startsWith(SHELF)) continue
    const one = JSON.parse(told)
    if (pending.some(({ key }) => key === one.key) || (!one.state && Date.now() - one.at < GRACE)) continue
    delete one.state
    if (one.verb !== "extend") decided.add(one.id)
    add(one)
    send(one)
  }
  mark()
}

take_up()
setTimeout(take_up, GRACE)
if (decided.has(current()?.dataset.check)) go(neighbours(current().dataset.check, 1).find((id) => !decided.has(id)))
else arrived()

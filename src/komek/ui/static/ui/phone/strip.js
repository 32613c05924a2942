// The strip of the telephone: what it says, and what its buttons do. Whoever needs the telephone itself takes it from here.
import { Phone } from "./phone.js";

const strip = document.getElementById("phone")
const token = strip.querySelector("[name=csrfmiddlewaretoken]").value
const FAST = 100

export const phone = new Phone({ sip: strip.dataset.sip, raw: strip.dataset.raw !== undefined, ask })
export const post = (address, told = {}) =>
  fetch(address, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" }, body: JSON.stringify(told) })

async function ask() {
  const answer = await post(strip.dataset.line)
  const told = await answer.json()
  if (!answer.ok) throw new Error(told.detail)
  return told
}

const all = (what) => strip.querySelectorAll(what)
const one = (what) => strip.querySelector(what)

// One word for how it stands: the call first, then the line, then what the desk says of the person.
function standing() {
  const { call, beside, state } = phone
  if (beside) return "asking"
  if (call?.state === "talking") return call.held ? "held" : call.ear?.silent ? "silent" : "talking"
  if (call) return call.state
  return state === "ready" && document.querySelector("[data-seat]")?.dataset.seat === "wrap_up" ? "wrap_up" : state
}

function draw() {
  const { call, state } = phone
  const now = standing()
  strip.dataset.state = now
  strip.toggleAttribute("data-call", Boolean(call))
  for (const words of all("[data-when]")) words.hidden = words.dataset.when !== now
  one("[data-why]").textContent = phone.why ?? ""
  one("[data-phone=connect]").hidden = !["off", "deaf", "refused"].includes(state)
  one("[data-phone=over]").hidden = !["elsewhere", "busy"].includes(state)
  one("[data-number]").textContent = call ? (phone.beside ?? call).told.number || call.told.from : ""
  const time = one("time")
  if (call) time.dataset.since = new Date(call.since).toISOString()
  else delete time.dataset.since
  time.dataset.limit = call?.state === "ringing" ? 15 : 300
  const talking = call?.state === "talking"
  for (const button of all("[data-phone=hold], [data-phone=mute], [data-tone], [data-service], [data-colleague]")) button.disabled = !talking
  one("[data-phone=accept]").disabled = call?.state !== "ringing"
  one("[data-phone=hang-up]").disabled = !call || call.state === "ringing"
  one("[data-phone=hold]").ariaPressed = String(Boolean(call?.held))
  one("[data-phone=mute]").ariaPressed = String(Boolean(call?.muted))
}

// How loud somebody is, and how good the connection: many times a second, and only while there is something to see.
setInterval(() => {
  if (document.hidden || !phone.on) return
  one("meter").value = phone.sound.level()
  const ear = phone.call?.ear
  const shown = one(".quality")
  const verdict = ear?.verdict ?? ""
  shown.className = `quality ${verdict}`
  const { loss_percent, jitter_ms, round_trip_ms } = ear?.measured ?? {}
  if (strip.dataset.state !== standing()) draw()
  shown.title = verdict ? `${shown.dataset[verdict]}: ${loss_percent} % · ${jitter_ms} ms · ${round_trip_ms} ms` : ""
}, FAST)

async function list_devices() {
  const { microphones, speakers } = await phone.sound.devices()
  for (const [what, found] of [["microphone", microphones], ["speaker", speakers]]) {
    const select = one(`[data-device=${what}]`)
    select.replaceChildren(...found.map((device) => new Option(device.label || device.deviceId, device.deviceId)))
    if (phone.sound.chosen[what]) select.value = phone.sound.chosen[what]
  }
}

const VERBS = {
  connect: () => phone.start(),
  over: () => phone.start({ over: true }),
  accept: () => phone.accept(),
  hold: () => phone.hold(),
  mute: () => phone.mute(),
  "hang-up": () => phone.hangUp(),
}

strip.addEventListener("click", (event) => {
  const button = event.target.closest("button")
  if (button?.dataset.phone) VERBS[button.dataset.phone]()
  else if (button?.dataset.tone) phone.keys(button.dataset.tone)
})
strip.addEventListener("change", ({ target }) => target.dataset.device && phone.choose(target.dataset.device, target.value))
one(".devices").addEventListener("toggle", (event) => event.target.open && list_devices())
phone.addEventListener("changed", draw)
document.addEventListener("region:fresh", draw)
document.addEventListener("desk:shown", draw)

// Whoever says that they are ready goes to the line with the same click; whoever leaves, leaves it.
document.addEventListener("submit", ({ target, submitter }) => {
  if (!target.matches("[data-seats]")) return
  if (submitter?.value === "ready") phone.start()
  else if (submitter?.value === "off") phone.stop()
}, true)

// A page that was loaded anew in the middle of a shift goes back to the line by itself, if the microphone is allowed.
const WAS_ON = "phone:on"
phone.addEventListener("changed", () => {
  if (phone.state === "ready") sessionStorage.setItem(WAS_ON, "")
  else if (["off", "elsewhere"].includes(phone.state)) sessionStorage.removeItem(WAS_ON)
})
const seat = document.querySelector("[data-seat]")?.dataset.seat
if (sessionStorage.getItem(WAS_ON) !== null || (seat && seat !== "off")) {
  navigator.permissions
    .query({ name: "microphone" })
    .then(({ state }) => state === "granted" && phone.start())
    .catch(() => null)
}
draw()

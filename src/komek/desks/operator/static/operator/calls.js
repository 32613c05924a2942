// A call on the desk: who rings, the card that is open when somebody answers, and what the city is told of it.
import { go, show } from "../ui/moving.js";
import { phone, post } from "../ui/phone/strip.js";
import { blank } from "./blank.js";
import { name_of } from "./colleagues.js";
import "./dialling.js";
import { hand_on } from "./draft.js";
import { say } from "./saying.js";
import { tell } from "./telling.js";

const AGAIN = 150
const box = document.getElementById("ring")
const address = (call, verb = "") => `${box.dataset.call.replace("CALL", encodeURIComponent(call))}${verb}`

// The page of the call that rings, as soon as our own server has it.
let ready = null

phone.addEventListener("ringing", ({ detail: call }) => {
  ready = null
  announce(call)
  // A colleague who only wants to ask something brings no caller and no card.
  if (call.told.call && !call.told.asked) bring(call)
  call.addEventListener("moves", () => call.state === "answered" && open(call))
  call.addEventListener("over", () => close(call))
})

export function fill(where, told, since) {
  const slot = (name) => where.querySelector(`[data-slot=${name}]`)
  slot("number").textContent = told.number || (told.call ? slot("number").dataset.hidden : told.from)
  slot("waited").textContent = `${Math.floor(told.waited / 60)}:${String(told.waited % 60).padStart(2, "0")}`
  for (const word of where.querySelectorAll("[data-language]")) word.hidden = word.dataset.language !== told.language
  const at = slot("at")
  if (at) at.textContent = new Date(since).toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit" })
}

function announce(call) {
  fill(box, call.told, call.since)
  box.querySelector("[data-slot=known]").replaceChildren()
  box.querySelector("time").dataset.since = new Date(call.since).toISOString()
  box.classList.toggle("urgent", call.told.urgent)
  box.classList.toggle("asked", call.told.asked)
  box.classList.toggle("talk", !call.told.call)
  box.hidden = false
  if (!call.told.call) name_of(call.told.from).then((name) => name && (box.querySelector("[data-slot=number]").textContent = name))
}

// The switch is quicker than our journal: a call that is not known yet is asked for again.
async function bring(call) {
  while (call.state === "ringing") {
    const answer = await fetch(address(call.told.call)).catch(() => null)
    if (answer?.status === 200 && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      ready = { call, page, address: page.body.dataset.livePage }
      const known = page.getElementById("who-rings")
      if (known && !box.hidden) box.querySelector("[data-slot=known]").replaceChildren(document.importNode(known.content, true))
      return
    }
    await new Promise((done) => setTimeout(done, AGAIN))
  }
}

function open(call) {
  box.hidden = true
  if (!call.told.call) return
  if (call.told.asked) return help(call)
  if (ready?.call === call) show(ready.page, ready.address)
  else blank(call, (part) => fill(part, call.told, call.since))
  const form = document.getElementById("workbench")
  if (form) form.dataset.untold = ""
  tell(address(call.told.call, "accept/"), call.told).then((told) => {
    delete form?.dataset.untold
    if (!told || document.querySelector("#workbench")?.dataset.contact === String(told.contact)) return
    hand_on(call.told.call, told.contact)
    go(told.address)
  })
}

// Whoever was asked in helps; the card comes when whoever asked has left.
async function help(call) {
  const told = await tell(address(call.told.call, "accept/"), call.told)
  if (told?.mine) return go(told.address)
  const look = () => {
    if (document.querySelector("[data-seat]")?.dataset.seat !== "talking") return
    document.removeEventListener("region:fresh", look)
    if (!document.getElementById("workbench")) go(told.address)
  }
  document.addEventListener("region:fresh", look)
  // They may have left before we had asked.
  look()
  call.addEventListener("over", () => setTimeout(() => document.removeEventListener("region:fresh", look), 5000))
}

function close(call) {
  box.hidden = true
  const measured = call.ear?.measured
  if (measured && call.told.call) post(address(call.told.call, "quality/"), measured).catch(() => null)
}

box.addEventListener("click", ({ target }) => {
  const verb = target.closest("[data-ring]")?.dataset.ring
  if (verb === "accept") phone.accept()
  if (verb !== "decline" || !phone.call) return
  // Who was asked in by a colleague is not paused for saying no.
  if (!phone.call.told.asked) post(address(phone.call.told.call, "decline/")).catch(() => null)
  phone.call.hangUp()
})

// The key of an emergency service: in the strip, or in the script that is being followed.
document.addEventListener("click", async ({ target }) => {
  const service = target.closest("[data-service]")?.dataset.service ?? target.closest("[data-number]")?.dataset.number
  const { call } = phone
  if (!service || call?.state !== "talking" || !call.told.call) return
  if (target.closest("[data-service]")) document.dispatchEvent(new CustomEvent("service:called", { detail: service }))
  const answer = await post(address(call.told.call, "hand-over/"), { service }).catch(() => null)
  if (answer && answer.status < 500) return answer.ok || say((await answer.json().catch(() => null))?.detail)
  // Nobody of ours can be asked: the switch does it for whoever dials it so.
  phone.dial(`${service}*${call.told.call}`, { hold: false })
})

// The end of the conversation is the end of the call; where there is no call any more, it is only noted.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-hangs-up]") || !phone.call) return
  event.preventDefault()
  event.stopImmediatePropagation()
  phone.hangUp()
}, true)

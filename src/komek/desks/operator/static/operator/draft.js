// The draft of a card: saved as somebody types, never over the text of another window, found again after a lost page.
import { go, send } from "../ui/moving.js";

const PAUSE = 600
const AGAIN = 3000
// What a proxy or the city says while there is nobody behind it.
const AWAY = [502, 503, 504]
// What must not follow a draft from one window into another.
const OWN = ["csrfmiddlewaretoken"]
// The contact of a call that our own server has not heard of yet.
const UNKNOWN = "call-"

// The draft of one form, for as long as the form is on the page.
export class Draft {
  #timer
  #saving = false
  #finishing = false
  #revision
  #other = null // the text of another window, until somebody has chosen

  constructor(form) {
    this.form = form
    this.#revision = Number(form.dataset.revision)
    form.addEventListener("input", () => this.#keep())
    form.addEventListener("draft:changed", () => this.#keep())
    form.addEventListener("submit", (event) => this.#finish(event))
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-draft-of]")
      if (button && this.#other) this.#chosen(button.dataset.draftOf)
    })
    const left = left_behind(form.dataset.contact)
    if (left && !(left.sent && left.revision < this.#revision)) this.#restore(left)
    else localStorage.removeItem(this.#kept)
    // Somebody may have begun before we had come.
    if ([...form.querySelectorAll("textarea, input:not([type=radio], [type=hidden])")].some((field) => field.value !== field.defaultValue)) this.#keep()
  }

  get #kept() {
    return `draft:${this.form.dataset.contact}`
  }

  get #known() {
    return !this.form.dataset.contact.startsWith(UNKNOWN)
  }

  // Whoever goes on with it has what was typed last.
  leave() {
    clearTimeout(this.#timer)
    this.#stash({ register: this.#finishing })
  }

  #typed() {
    const data = Object.fromEntries(new FormData(this.form))
    for (const name of OWN) delete data[name]
    return data
  }

  #fill(data) {
    for (const [name, value] of Object.entries(data)) {
      if (this.form.elements[name] && !OWN.includes(name)) this.form.elements[name].value = value ?? ""
    }
    this.form.dispatchEvent(new Event("draft:filled"))
  }

  #stash(more) {
    localStorage.setItem(this.#kept, JSON.stringify({ data: this.#typed(), revision: this.#revision, ...more }))
  }

  // What this browser had not yet sent when its page was lost.
  #restore(left) {
    const shown = this.#typed()
    if (same(left.data ?? {}, shown)) localStorage.removeItem(this.#kept)
    else {
      this.#fill(left.data)
      if (left.revision === this.#revision) this.#keep()
      else this.#choose_between({ data: shown, revision: this.#revision })
    }
    if (left.register && !this.#other) this.form.requestSubmit()
  }

  #keep() {
    this.#stash({ register: this.#finishing && !this.#known })
    clearTimeout(this.#timer)
    if (this.#known) this.#timer = setTimeout(() => this.#save(), PAUSE)
  }

  // One save at a time: two at once would look like two windows.
  async #save() {
    if (!this.form.isConnected) return
    if (this.#saving) {
      this.#timer = setTimeout(() => this.#save(), PAUSE)
      return
    }
    if (this.#other) return
    // The city has not heard yet that we have this call: until then it takes nothing of it.
    if (this.form.dataset.untold !== undefined) {
      this.form.querySelector("#draft-state").textContent = this.form.dataset.away
      this.#timer = setTimeout(() => this.#save(), PAUSE)
      return
    }
    this.#saving = true
    const sent = this.#typed()
    const answer = await fetch(this.form.dataset.draft, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
      body: JSON.stringify({ data: sent, revision: this.#revision }),
    }).catch(() => null)
    this.#saving = false
    const state = this.form.querySelector("#draft-state")
    if (!answer) {
      state.textContent = this.form.dataset.away
      this.#timer = setTimeout(() => this.#save(), AGAIN)
      return
    }
    // Whoever is signed out is led to a page that says 200, and nothing was saved.
    if (answer.redirected) {
      state.textContent = this.form.dataset.signedOut
      return
    }
    const told = await answer.json().catch(() => ({}))
    if (answer.ok) {
      this.#revision = told.revision
      if (same(sent, this.#typed())) localStorage.removeItem(this.#kept)
      state.textContent = "✓ " + new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
    } else {
      state.textContent = told.detail ?? ""
      if (answer.status === 409 && told.data) this.#choose_between(told)
    }
  }

  // Two texts, and a person decides; until then neither is saved over the other.
  #choose_between(found) {
    if (!Object.keys(found.data).length || same(this.#typed(), found.data)) {
      this.#revision = found.revision
      return
    }
    this.#other = found
    this.form.querySelector("#draft-conflict").hidden = false
  }

  #chosen(whose) {
    const found = this.#other
    this.#other = null
    this.#revision = found.revision
    if (whose === "other") this.#fill(found.data)
    this.form.querySelector("#draft-conflict").hidden = true
    this.#keep()
  }

  // A card that is finished while the network is away goes when it is back: as often as it takes, and is made once, by
  // its key. What the server refuses is sent once more as a page, which says why.
  async #finish(event) {
    event.preventDefault()
    if (this.#finishing) return
    this.#finishing = true
    clearTimeout(this.#timer)
    const state = this.form.querySelector("#draft-state")
    if (!this.#known) {
      this.#stash({ register: true })
      state.textContent = this.form.dataset.away
      return
    }
    this.#stash({ sent: true })
    const body = new URLSearchParams(new FormData(this.form))
    for (;;) {
      const answer = await fetch(this.form.action, { method: "POST", body, redirect: "manual" }).catch(() => null)
      if (answer?.type === "opaqueredirect") return go(this.form.dataset.after)
      if (answer && !AWAY.includes(answer.status)) return this.#say_why()
      state.textContent = this.form.dataset.away
      await a_while()
    }
  }

  #say_why() {
    if (document.getElementById("phone")) return send(this.form)
    this.form.submit()
  }
}

const same = (one, another) => Object.keys(one).every((name) => name === "key" || (one[name] ?? "") === (another[name] ?? ""))

function left_behind(contact) {
  try {
    return JSON.parse(localStorage.getItem(`draft:${contact}`) ?? "null")
  } catch {
    return null
  }
}

function a_while() {
  return new Promise((done) => {
    setTimeout(done, AGAIN)
    addEventListener("online", done, { once: true })
  })
}

// The city has heard of a call: what was typed into its card meanwhile goes into the card of its contact.
export function hand_on(call, contact) {
  if (draft?.form.dataset.contact === UNKNOWN + call) draft.leave()
  const left = left_behind(UNKNOWN + call)
  if (left) localStorage.setItem(`draft:${contact}`, JSON.stringify({ ...left, revision: 0 }))
  localStorage.removeItem(`draft:${UNKNOWN}${call}`)
}

let draft = null

function begin() {
  const form = document.getElementById("workbench")
  if (form !== (draft?.form ?? null)) draft = form ? new Draft(form) : null
}

begin()
document.addEventListener("desk:shown", begin)

// The telephone of a browser: one line, one person. Everything that a screen needs of it is here, and nothing of SIP.
import { Line } from "./line.js";
import { Sound } from "./sound.js";
import { Tab } from "./tab.js";

export class Phone extends EventTarget {
  #sip
  #line
  state = "off"
  // The call at hand, and a second one beside it while a colleague is asked.
  call = null
  beside = null

  // `sip`: where the library is found. `ask` brings what the house says of this person's line.
  constructor({ sip, ask, raw }) {
    super()
    this.address = sip
    this.ask = ask
    this.sound = new Sound({ raw })
    this.tab = new Tab(() => Boolean(this.call))
    this.tab.addEventListener("lost", () => this.#away("elsewhere"))
    addEventListener("beforeunload", (event) => this.call && event.preventDefault())
    addEventListener("pagehide", () => {
      for (const call of this.#line?.calls ?? []) call.lose()
    })
  }

  get on() {
    return Boolean(this.#line)
  }

  // Go to the line: the microphone once for the whole shift, then the switch. `over`: take it from another tab.
  async start({ over = false } = {}) {
    if (this.#line) return
    if (!this.address) return this.#stands("missing")
    if (!(await (over ? this.tab.take() : this.tab.hold()))) return this.#stands(over ? "busy" : "elsewhere")
    this.#stands("connecting")
    try {
      await this.sound.open()
    } catch {
      this.tab.release()
      return this.#stands("deaf")
    }
    let line
    try {
      this.#sip ??= await import(this.address)
      const told = await this.ask()
      this.number = told.number
      line = this.#line = new Line(this.#sip, told, this.sound)
    } catch (failure) {
      this.tab.release()
      this.sound.close()
      return this.#stands("refused", failure.message)
    }
    // A line that was given up says for a while yet how it ends.
    line.addEventListener("stands", ({ detail }) => line === this.#line && this.#stands(detail.state, detail.why))
    line.addEventListener("call", ({ detail }) => this.#rings(detail))
    line.start()
  }

  stop() {
    if (this.call) return
    this.#away("off")
    this.tab.release()
  }

  accept() {
    if (this.call?.state !== "ringing") return
    this.sound.ring(false)
    this.call.answer()
  }

  hangUp() {
    (this.beside ?? this.call)?.hangUp()
  }

  hold() {
    this.call?.hold()
  }

  mute() {
    this.call?.mute()
  }

  keys(tones) {
    (this.beside ?? this.call)?.keys(tones)
  }

  // Ring somebody: a number of the city, or a colleague while the caller hears music.
  dial(number, { hold = true, about = "" } = {}) {
    if (!this.#line || this.beside) return null
    const call = this.#line.dial(number, about)
    if (this.call) {
      if (hold) this.call.hold(true)
      this.beside = call
    } else this.call = call
    this.#follow(call)
    this.#changed()
    return call
  }

  async choose(what, id) {
    await this.sound.choose(what, id)
    if (what === "microphone") for (const call of this.#line?.calls ?? []) await call.carry(this.sound.stream)
    this.#changed()
  }

  #rings(call) {
    this.call = call
    this.#follow(call)
    this.sound.ring(true)
    this.dispatchEvent(new CustomEvent("ringing", { detail: call }))
    this.#changed()
  }

  #follow(call) {
    call.addEventListener("moves", () => this.#changed())
    call.addEventListener("over", () => {
      if (call === this.call) {
        this.sound.ring(false)
        this.call = this.beside
        this.call?.hold(false)
        this.beside = null
      } else {
        this.beside = null
        this.call?.hold(false)
      }
      this.dispatchEvent(new CustomEvent("over", { detail: call }))
      this.#changed()
    })
  }

  #away(state) {
    this.#line?.stop()
    this.#line = undefined
    this.sound.close()
    this.#stands(state)
  }

  #stands(state, why = "") {
    this.state = state
    this.why = why
    this.#changed()
  }

  #changed() {
    this.dispatchEvent(new Event("changed"))
  }
}

// One tab has the telephone: the switch knows one address for a line, and a second tab would take its calls unseen.
const NAME = "komek-phone"
const PATIENCE = 1500

export class Tab extends EventTarget {
  #let
  #wire = new BroadcastChannel(NAME)
  #busy
  held = false

  // `busy` says whether a call goes on here, which nobody may take away.
  constructor(busy) {
    super()
    this.#busy = busy
    this.#wire.addEventListener("message", ({ data }) => this.#hears(data))
  }

  // Take the telephone if nobody has it.
  hold() {
    if (this.held) return Promise.resolve(true)
    return new Promise((done) => this.#ask({ ifAvailable: true }, done))
  }

  // Take it from the tab that has it; false when a call goes on there.
  async take() {
    if (this.held) return true
    const answer = new Promise((done) => {
      const heard = ({ data }) => data.says && done(data.says)
      this.#wire.addEventListener("message", heard)
      setTimeout(() => done("nothing"), PATIENCE)
    })
    this.#wire.postMessage({ asks: "take" })
    const said = await answer
    if (said === "busy") return false
    // A tab that says nothing hangs, or is no more.
    return new Promise((done) => this.#ask(said === "yours" ? {} : { steal: true }, done))
  }

  release() {
    this.#let?.()
    this.#let = undefined
    this.held = false
  }

  #ask(options, done) {
    navigator.locks
      .request(NAME, options, (lock) => {
        done(Boolean(lock))
        if (!lock) return null
        this.held = true
        return new Promise((let_go) => (this.#let = let_go))
      })
      .catch(() => this.#lost())
  }

  #hears(data) {
    if (data.asks !== "take" || !this.held) return
    if (this.#busy()) return this.#wire.postMessage({ says: "busy" })
    this.#lost()
    this.release()
    this.#wire.postMessage({ says: "yours" })
  }

  #lost() {
    this.held = false
    this.dispatchEvent(new Event("lost"))
  }
}

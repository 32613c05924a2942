// A line to the switch: SIP over a WebSocket, behind few words. Nothing outside knows which library speaks it.
import { Call } from "./call.js";

const REGISTER_SECONDS = 300
const AGAIN = 5000
const BUSY = 486

export class Line extends EventTarget {
  #agent
  #sound
  #again

  // `sip` is the library, `told` what the house says of this line.
  constructor(sip, told, sound) {
    super()
    this.calls = new Set()
    this.host = told.uri.split("@")[1]
    this.#sound = sound
    this.#agent = new sip.UA({
      sockets: [new sip.WebSocketInterface(told.socket)],
      uri: told.uri,
      password: told.password,
      register_expires: REGISTER_SECONDS,
      session_timers: false,
      // The library throws dice between the two: a hundred browsers do not come back in the same moment.
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 5,
    })
    this.#agent.on("registered", () => this.#stands("ready"))
    this.#agent.on("disconnected", () => this.#stands("lost"))
    this.#agent.on("registrationFailed", ({ response }) => this.#refused(response))
    this.#agent.on("newRTCSession", ({ originator, session, request }) => {
      if (originator === "remote") this.#rings(session, request)
    })
  }

  start() {
    this.#agent.start()
  }

  stop() {
    clearTimeout(this.#again)
    this.#agent.stop()
  }

  // `about`: the card that the call is about, for the journal of the switch.
  dial(number, about = "") {
    const target = number.includes("@") ? number : `sip:${number}@${this.host}`
    const options = { ...this.#sound.carried(), extraHeaders: about ? [`X-CC-About: ${about}`] : [] }
    const session = this.#agent.call(target, options)
    return this.#follow(new Call(session, { sound: this.#sound, number, stream: options.mediaStream }))
  }

  #rings(session, request) {
    if (this.calls.size) return session.terminate({ status_code: BUSY })
    this.dispatchEvent(new CustomEvent("call", { detail: this.#follow(new Call(session, { sound: this.#sound, request })) }))
  }

  #follow(call) {
    this.calls.add(call)
    call.addEventListener("over", () => this.calls.delete(call))
    return call
  }

  #refused(response) {
    this.#stands("refused", response?.status_code)
    clearTimeout(this.#again)
    this.#again = setTimeout(() => this.#agent.isConnected() && this.#agent.register(), AGAIN)
  }

  #stands(state, why) {
    this.dispatchEvent(new CustomEvent("stands", { detail: { state, why } }))
  }
}

// One call on a line: who it is with, how it stands, and what can be done with it.
import { Ear } from "./quality.js";

// How a line ends that its person did not mean to end: the switch brings the caller back to the front of the queue.
const LOST = 'Reason: Q.850;cause=41;text="page gone"'

const PATIENCE = 250

export class Call extends EventTarget {
  #session
  #sound
  #stream
  #patience

  constructor(session, { sound, request = null, number = "", stream = null }) {
    super()
    this.#session = session
    this.#sound = sound
    this.#stream = stream
    this.incoming = Boolean(request)
    this.told = request ? told(request) : { call: "", number }
    this.state = request ? "ringing" : "dialling"
    this.since = Date.now()
    this.held = false
    this.muted = false
    this.wanted = false
    if (session.connection) this.#hears(session.connection)
    session.on("peerconnection", ({ peerconnection }) => this.#hears(peerconnection))
    // Our addresses are found in a moment, and all of them are told: with the first alone one call in twelve stayed silent,
    // because the browser spoke from another one. Nobody waits longer for an address that is slow to be found.
    session.on("icecandidate", ({ candidate, ready }) => {
      if (candidate.type === "host") this.#patience ??= setTimeout(ready, PATIENCE)
    })
    session.on("accepted", () => this.#moves("talking"))
    session.on("confirmed", () => this.ear?.listen())
    session.on("ended", (end) => this.#over(end))
    session.on("failed", (end) => this.#over(end))
  }

  answer() {
    const options = this.#sound.carried()
    this.#stream = options.mediaStream
    this.#session.answer(options)
    this.#moves("answered")
  }

  // The person is done, and so is the caller.
  hangUp() {
    this.wanted = true
    if (!this.#session.isEnded()) this.#session.terminate(this.state === "ringing" ? { status_code: 480 } : {})
  }

  // The page goes away with the call on it.
  lose() {
    if (!this.#session.isEnded()) this.#session.terminate({ extraHeaders: [LOST] })
  }

  hold(on = !this.held) {
    if (on === this.held || !this.#session.isEstablished()) return
    this.#session[on ? "hold" : "unhold"]()
    this.held = on
    this.#moves(this.state)
  }

  mute(on = !this.muted) {
    this.#session[on ? "mute" : "unmute"]({ audio: true })
    this.muted = on
    this.#moves(this.state)
  }

  keys(tones) {
    this.#session.sendDTMF(tones, { transportType: "RFC2833", duration: 160, interToneGap: 80 })
  }

  // Another microphone, in the middle of the call.
  async carry(stream) {
    const [track] = stream.getAudioTracks()
    for (const sender of this.#session.connection?.getSenders() ?? []) await sender.replaceTrack(track)
  }

  #hears(connection) {
    this.connection = connection
    this.ear = new Ear(connection)
    connection.addEventListener("track", ({ streams }) => {
      this.heard = streams[0]
      this.#sound.play(this, streams[0])
    })
  }

  #moves(state) {
    if (state !== this.state && state === "talking") this.since = Date.now()
    this.state = state
    this.dispatchEvent(new Event("moves"))
  }

  #over({ originator, message, cause }) {
    clearTimeout(this.#patience)
    this.ear?.close()
    this.#sound.still(this)
    for (const track of this.#stream?.getTracks() ?? []) track.stop()
    this.end = { by: originator, cause, reason: message?.getHeader?.("Reason") ?? "", was: this.state }
    this.#moves("over")
    this.dispatchEvent(new Event("over"))
  }
}

// What came along with the call: it is all that is known of it while our own server is away.
function told(request) {
  const said = (name) => request.getHeader(`X-CC-${name}`) ?? ""
  return {
    call: said("Call"),
    number: said("From"),
    language: said("Lang"),
    queue: said("Queue"),
    waited: Number(said("Wait")) || 0,
    urgent: said("Urgent") === "1",
    join: said("Join"),
    // A colleague is in the call already, and asks us to come.
    asked: said("Asked") === "1",
    from: request.from?.display_name || request.from?.uri?.user || "",
  }
}

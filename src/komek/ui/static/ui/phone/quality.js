// How a call sounds, as the browser measures it: lost packets, jitter, the round trip, and whether anything comes at all.
const EACH = 2000
// So often in a row there was no sound at all, and the other side is not heard: people breathe, and rooms hum.
const SILENT = 3
// Energy a second (as WebRTC counts it: level squared), that is no sound: A-law has no nothing, its least is -72 dB.
const STILL = 1e-7
// Where a call is no longer good, and where it is hard to understand.
const FAIR = { loss_percent: 1, jitter_ms: 30, round_trip_ms: 300 }
const POOR = { loss_percent: 5, jitter_ms: 60, round_trip_ms: 600 }

export class Ear {
  #timer
  #began = 0
  #energy = 0
  #nothing = 0
  #silent = 0
  measured = null

  constructor(connection) {
    this.connection = connection
  }

  listen() {
    this.#began ||= performance.now()
    this.#timer ??= setInterval(() => this.measure(), EACH)
  }

  close() {
    clearInterval(this.#timer)
  }

  async measure() {
    if (this.connection.connectionState === "closed") return this.measured
    let lost = 0
    let received = 0
    let jitter = 0
    let trip = 0
    let energy = 0
    for (const one of (await this.connection.getStats()).values()) {
      if (one.type === "inbound-rtp" && one.kind === "audio") {
        lost += Math.max(0, one.packetsLost ?? 0)
        received += one.packetsReceived ?? 0
        jitter = Math.max(jitter, one.jitter ?? 0)
        energy += one.totalAudioEnergy ?? 0
      } else if (one.type === "remote-inbound-rtp" && one.kind === "audio") trip = Math.max(trip, one.roundTripTime ?? 0)
    }
    // Whom we hold, sends us nothing.
    const listens = this.connection.getTransceivers().some(({ currentDirection }) => currentDirection?.includes("recv"))
    // The switch sends silence where nothing comes to it.
    this.#nothing = listens && energy - this.#energy < (STILL * EACH) / 1000 ? this.#nothing + 1 : 0
    this.#silent += this.#nothing ? EACH / 1000 : 0
    this.#energy = energy
    this.measured = {
      loss_percent: received ? round((100 * lost) / (lost + received), 2) : 0,
      jitter_ms: round(jitter * 1000, 1),
      round_trip_ms: round(trip * 1000, 1),
      seconds: Math.round((performance.now() - this.#began) / 1000),
      silent_seconds: this.#silent,
    }
    return this.measured
  }

  get silent() {
    return this.#nothing >= SILENT
  }

  // One of three words; nothing while nothing was measured.
  get verdict() {
    if (!this.measured) return ""
    const beyond = (bars) => Object.keys(bars).some((name) => this.measured[name] > bars[name])
    return beyond(POOR) ? "poor" : beyond(FAIR) ? "fair" : "good"
  }
}

function round(value, digits) {
  return Number(value.toFixed(digits))
}

// How a call sounds, as the browser measures it: lost packets, jitter and the round trip.
const EACH = 2000
// Where a call is no longer good, and where it is hard to understand.
const FAIR = { loss_percent: 1, jitter_ms: 30, round_trip_ms: 300 }
const POOR = { loss_percent: 5, jitter_ms: 60, round_trip_ms: 600 }

export class Ear {
  #timer
  #began = 0
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
    for (const one of (await this.connection.getStats()).values()) {
      if (one.type === "inbound-rtp" && one.kind === "audio") {
        lost += Math.max(0, one.packetsLost ?? 0)
        received += one.packetsReceived ?? 0
        jitter = Math.max(jitter, one.jitter ?? 0)
      } else if (one.type === "remote-inbound-rtp" && one.kind === "audio") trip = Math.max(trip, one.roundTripTime ?? 0)
    }
    this.measured = {
      loss_percent: received ? round((100 * lost) / (lost + received), 2) : 0,
      jitter_ms: round(jitter * 1000, 1),
      round_trip_ms: round(trip * 1000, 1),
      seconds: Math.round((performance.now() - this.#began) / 1000),
    }
    return this.measured
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

// The microphone, the loudspeaker and the bell. The microphone is opened once a shift: opening it takes half a second.
const KEPT = "phone:devices"
const BELL = { every: 2600, tones: [880, 660] }

export class Sound {
  #context
  #level
  #samples
  #players = new Map()
  #bell
  stream = null

  // `raw`: sound as it is, without what a browser does for people; a tone would be taken for noise.
  constructor({ raw = false } = {}) {
    this.raw = raw
    this.chosen = JSON.parse(localStorage.getItem(KEPT) ?? "{}")
  }

  async open() {
    if (this.stream?.active) return
    this.#context ??= new AudioContext()
    this.#context.resume()
    this.stream = await this.#microphone(this.chosen.microphone).catch(() => this.#microphone())
    this.#listen()
  }

  close() {
    this.ring(false)
    for (const track of this.stream?.getTracks() ?? []) track.stop()
    this.stream = null
  }

  // What a call is begun with: a copy of the microphone of its own, so that muting one call leaves another alone.
  carried() {
    return { mediaStream: this.stream.clone(), mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } }
  }

  async devices() {
    const all = await navigator.mediaDevices.enumerateDevices()
    return { microphones: all.filter((one) => one.kind === "audioinput"), speakers: all.filter((one) => one.kind === "audiooutput") }
  }

  async choose(what, id) {
    this.chosen[what] = id
    localStorage.setItem(KEPT, JSON.stringify(this.chosen))
    if (what === "speaker") return Promise.all([...this.#players.values()].map((player) => this.#aim(player)))
    const before = this.stream
    this.stream = await this.#microphone(id)
    for (const track of before?.getTracks() ?? []) track.stop()
    this.#listen()
  }

  // How loud the person speaks: 0 to 1.
  level() {
    if (!this.#level) return 0
    this.#level.getFloatTimeDomainData(this.#samples)
    return Math.min(1, 4 * Math.sqrt(this.#samples.reduce((sum, one) => sum + one * one, 0) / this.#samples.length))
  }

  play(call, stream) {
    const player = this.#players.get(call) ?? document.createElement("audio")
    player.autoplay = true
    player.srcObject = stream
    this.#players.set(call, player)
    this.#aim(player)
    player.play().catch(() => null)
  }

  still(call) {
    const player = this.#players.get(call)
    if (player) player.srcObject = null
    this.#players.delete(call)
  }

  ring(on) {
    clearInterval(this.#bell)
    this.#bell = undefined
    if (!on || !this.#context) return
    this.#strike()
    this.#bell = setInterval(() => this.#strike(), BELL.every)
  }

  #microphone(id) {
    const audio = { echoCancellation: !this.raw, noiseSuppression: !this.raw, autoGainControl: !this.raw }
    return navigator.mediaDevices.getUserMedia({ audio: id ? { ...audio, deviceId: { exact: id } } : audio })
  }

  #listen() {
    this.#level = new AnalyserNode(this.#context, { fftSize: 512 })
    this.#samples = new Float32Array(this.#level.fftSize)
    new MediaStreamAudioSourceNode(this.#context, { mediaStream: this.stream }).connect(this.#level)
  }

  async #aim(player) {
    if (this.chosen.speaker && player.setSinkId) await player.setSinkId(this.chosen.speaker).catch(() => null)
  }

  #strike() {
    BELL.tones.forEach((hertz, place) => {
      const at = this.#context.currentTime + place * 0.22
      const tone = new OscillatorNode(this.#context, { frequency: hertz })
      const loud = new GainNode(this.#context, { gain: 0 })
      loud.gain.linearRampToValueAtTime(0.12, at + 0.02)
      loud.gain.setTargetAtTime(0, at + 0.12, 0.09)
      tone.connect(loud).connect(this.#context.destination)
      tone.start(at)
      tone.stop(at + 0.8)
    })
  }
}

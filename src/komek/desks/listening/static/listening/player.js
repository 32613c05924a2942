// The player of a call. The sound is asked for when somebody presses Listen: that is written down, and so is what they hear.
const SPEEDS = [1, 1.25, 1.5, 2]
const FLUSH_SECONDS = 10

const time = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`

class Player {
  constructor(root) {
    this.root = root
    this.sound = root.querySelector("[data-sound]")
    if (!this.sound) return
    this.length = Number(root.dataset.seconds)
    this.wave = root.querySelector("[data-wave]")
    this.heardFrom = null
    root.addEventListener("click", (event) => this.do(event.target.closest("[data-do]")?.dataset.do))
    root.addEventListener("keydown", (event) => this.key(event))
    this.wave.addEventListener("pointerdown", (event) => this.point(event))
    this.sound.addEventListener("timeupdate", () => this.show())
    this.sound.addEventListener("playing", () => this.begin())
    for (const end of ["pause", "ended", "seeking"]) this.sound.addEventListener(end, () => this.flush())
    for (const turn of ["play", "pause", "ended"]) this.sound.addEventListener(turn, () => this.turn())
    window.addEventListener("pagehide", () => this.flush())
  }

  async do(what) {
    if (what === "play") await (this.sound.paused ? this.play() : this.sound.pause())
    else if (what === "back") this.seek(this.sound.currentTime - 10)
    else if (what === "on") this.seek(this.sound.currentTime + 10)
    else if (what === "speed") this.speed()
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input")) return
    const at = this.sound.currentTime
    const keys = {
      Space: () => event.target.matches("button") ? null : this.do("play"), KeyK: () => this.do("play"), KeyJ: () => this.do("back"),
      KeyL: () => this.do("on"), KeyS: () => this.speed(), ArrowLeft: () => this.seek(at - 5), ArrowRight: () => this.seek(at + 5),
      Home: () => this.seek(0), End: () => this.seek(this.length - 1),
    }
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)
    const done = digit ? () => this.seek(this.length * digit[1] / 10) : keys[event.code]
    if (!done || (event.code === "Space" && event.target.matches("button"))) return
    event.preventDefault()
    event.stopPropagation()
    done()
  }

  async play() {
    const refused = this.root.querySelector("[data-refused]")
    refused.hidden = true
    if (!this.opened) {
      const answer = await this.post(this.root.dataset.listen, { reason: this.root.querySelector("[data-reason]")?.value ?? "", for: this.root.dataset.for })
      const told = await answer.json()
      if (!answer.ok) {
        refused.textContent = told.refused
        refused.hidden = false
        this.root.querySelector("[data-reason]")?.focus()
        return
      }
      this.opened = told
      const wanted = this.wanted ?? 0
      this.sound.src = told.sound
      this.sound.playbackRate = this.rate ?? 1
      if (wanted) this.sound.addEventListener("loadedmetadata", () => { this.sound.currentTime = wanted }, { once: true })
    }
    for (const other of document.querySelectorAll("[data-sound]")) if (other !== this.sound) other.pause()
    await this.sound.play()
  }

  post(address, told, keepalive = false) {
    const csrfmiddlewaretoken = this.root.querySelector("[name=csrfmiddlewaretoken]").value
    return fetch(address, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken, ...told }), keepalive })
  }

  begin() { this.heardFrom = this.last = this.sound.currentTime }

  // What was heard since it last began to play: told every few seconds, and when it stops.
  flush() {
    if (this.heardFrom === null || !this.opened) return
    const [since, until] = [this.heardFrom, this.last].map((seconds) => Math.round(seconds * 1000))
    this.heardFrom = this.sound.paused || this.sound.seeking ? null : this.last
    if (until > since) this.post(this.opened.heard, { since, until }, true).catch(() => {})
  }

  seek(to) {
    const at = Math.min(Math.max(0, to), this.length)
    if (this.opened) this.sound.currentTime = at
    else this.show(this.wanted = at)
  }

  speed() {
    this.rate = this.sound.playbackRate = SPEEDS[(SPEEDS.indexOf(this.sound.playbackRate) + 1) % SPEEDS.length]
    this.root.querySelector("[data-speed]").textContent = `${this.rate}×`
  }

  point(event) {
    const box = this.wave.getBoundingClientRect()
    this.seek((event.clientX - box.left) / box.width * this.length)
  }

  turn() {
    this.root.querySelector(".play").hidden = !this.sound.paused
    this.root.querySelector(".stop").hidden = this.sound.paused
  }

  show(at = this.sound.currentTime) {
    if (!this.sound.seeking && this.heardFrom !== null) this.last = this.sound.currentTime
    if (this.heardFrom !== null && this.last - this.heardFrom >= FLUSH_SECONDS) this.flush()
    const head = this.root.querySelector("[data-head]")
    for (const end of ["x1", "x2"]) head.setAttribute(end, String(at / (this.length || 1) * 1000))
    this.wave.setAttribute("aria-valuenow", String(Math.floor(at)))
    this.wave.setAttribute("aria-valuetext", time(at))
    this.root.querySelector("[data-at]").textContent = `${time(at)} / ${time(this.length)}`
  }
}

// A desk with a telephone shows its pages one after the other in the same place.
const known = new WeakSet()
function find() {
  for (const root of document.querySelectorAll("[data-player]")) {
    if (!known.has(root)) new Player(root)
    known.add(root)
  }
}
document.addEventListener("desk:shown", find)
find()

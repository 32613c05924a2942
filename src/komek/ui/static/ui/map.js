// <komek-map>: the city with a pin that fills in two fields, or with marks that can be picked. The library is loaded only
// when a map comes into view; without it, or without WebGL, the element shows what it was given to show: its own content.
const ICONS = {
  closer: "M8 3v10M3 8h10", farther: "M3 8h10",
  pin: "M8 14.2s4.6-4.3 4.6-7.6a4.6 4.6 0 0 0-9.2 0c0 3.3 4.6 7.6 4.6 7.6ZM8 8.2a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Z",
}
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const STEP = 4, LONG_STEP = 40
const NEAR = 16.4, CITY = 11
const SVG = "http://www.w3.org/2000/svg"
const still = matchMedia("(prefers-reduced-motion: reduce)")
const dark = matchMedia("(prefers-color-scheme: dark)")
let library

function load(told) {
  library ??= (async () => {
    const look = document.createElement("link")
    Object.assign(look, { rel: "stylesheet", href: told.style })
    const styled = new Promise((done) => { look.onload = look.onerror = done })
    document.head.append(look)
    const [{ maplibregl, Protocol }, style, marks] = await Promise.all([
      import(told.library), import(told.parts.style), import(told.parts.marks), styled,
    ])
    maplibregl.setWorkerUrl(told.worker)
    maplibregl.setWorkerCount(1)
    maplibregl.addProtocol("pmtiles", new Protocol().tile)
    // Names are drawn with the page's own letters: they must be there first.
    await Promise.allSettled(["500", "600"].map((weight) => document.fonts.load(`${weight} 24px Inter`, style.LETTERS)))
    return { maplibregl, ...style, ...marks }
  })()
  return library
}

// Asked once: to make a context takes a machine without a graphics card a tenth of a second.
let able
function canDraw() {
  if (able !== undefined) return able
  const context = document.createElement("canvas").getContext("webgl2")
  context?.getExtension("WEBGL_lose_context")?.loseContext()
  return (able = Boolean(context))
}

function make(name, attributes, ...children) {
  const element = name === "svg" || name === "path" || name === "circle" || name === "ellipse" ? document.createElementNS(SVG, name) : document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

const PATIENCE = 1500
const whenIdle = (work) => (window.requestIdleCallback ? requestIdleCallback(work, { timeout: PATIENCE }) : setTimeout(work, 200))

export class KomekMap extends HTMLElement {
  static observedAttributes = ["selected", "src"]

  connectedCallback() {
    if (this.map || this.dataset.state) return
    this.told = JSON.parse(this.dataset.told ?? "{}")
    if (!this.told.library || !this.told.tiles) return this.state("absent")
    this.state("loading")
    this.seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      this.seen.disconnect()
      // Whoever has a caller on the line writes first; the map comes when the page has a moment for it.
      whenIdle(() => this.isConnected && this.begin())
    }, { rootMargin: "200px" })
    this.seen.observe(this)
  }

  begin() {
    if (!canDraw()) return this.state("absent")
    return this.draw().catch((failure) => {
      console.warn("komek-map", failure)
      this.undraw()
      this.state("absent")
    })
  }

  disconnectedCallback() {
    // Moved within the page it comes back at once.
    queueMicrotask(() => { if (!this.isConnected) { this.undraw(); delete this.dataset.state } })
  }

  attributeChangedCallback(name, was, is) {
    if (this.dataset.state !== "ready" || was === is) return
    if (name === "selected") this.select()
    else this.refresh()
  }

  // Where the pin is, or null.
  get value() {
    const [lat, lon] = this.fields.map((field) => field?.value ? Number(field.value.replace(",", ".")) : NaN)
    return Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : null
  }

  get fields() {
    return [this.getAttribute("lat-input"), this.getAttribute("lon-input")].map((name) => name && this.getRootNode().querySelector(name))
  }

  // Puts the pin there and shows it; the fields learn of it.
  place(lat, lon, { fly = true, tell = true } = {}) {
    const [latField, lonField] = this.fields
    if (latField && lonField) {
      latField.value = lat.toFixed(6)
      lonField.value = lon.toFixed(6)
    }
    if (this.map) this.showPin(fly)
    if (!tell) return
    this.filling = true
    for (const field of [latField, lonField]) field?.dispatchEvent(new Event("change", { bubbles: true }))
    this.filling = false
    this.dispatchEvent(new CustomEvent("komek-map:moved", { bubbles: true, detail: { lat, lon } }))
  }

  // Takes the pin away.
  clear() {
    for (const field of this.fields) if (field) field.value = ""
    this.pin?.remove()
    this.pin = undefined
  }

  // Shows these marks instead of those it has.
  show(marks) {
    this.marks = marks
    if (!this.map) return
    const collection = this.parts.collected(marks)
    this.map.getSource("marks")?.setData(collection)
    this.select()
    if (!this.fitted && collection.features.length && !this.hasAttribute("lat-input")) this.fit(collection)
  }

  select() {
    this.map.getSource("chosen")?.setData(this.parts.chosen(this.parts.collected(this.marks), this.getAttribute("selected")))
  }

  // Brings the selected mark into view, if it is not there.
  look() {
    const [one] = this.map ? this.parts.chosen(this.parts.collected(this.marks), this.getAttribute("selected")).features : []
    if (!one || this.map.getBounds().contains(one.geometry.coordinates)) return
    this.map.easeTo({ center: one.geometry.coordinates, duration: still.matches ? 0 : 300 })
  }

  async refresh() {
    const src = this.getAttribute("src")
    const given = this.getAttribute("marks")
    if (given) return this.show(JSON.parse(this.getRootNode().querySelector(given)?.textContent ?? "[]"))
    if (!src) return
    const answer = await fetch(src, { headers: { Accept: "application/json" } }).catch(() => null)
    if (answer?.ok) this.show(await answer.json())
  }

  async draw() {
    const [parts] = await Promise.all([load(this.told), this.refresh()])
    this.parts = parts
    const { maplibregl, coloursOf } = parts
    const ground = this.appendChild(make("div", { class: "map-ground" }))
    this.colours = coloursOf(this)
    const at = this.value ?? this.middle
    const [south, west, north, east] = this.told.bounds ?? [-85, -180, 85, 180]
    const more = 0.35
    this.map = new maplibregl.Map({
      container: ground, style: this.style(), center: [at.lon, at.lat],
      zoom: Number(this.getAttribute("zoom")) || (this.value ? NEAR : CITY),
      minZoom: this.told.zooms?.[0] ?? 8, maxZoom: 19,
      maxBounds: [[west - more, south - more], [east + more, north + more]],
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      fadeDuration: still.matches ? 0 : 200, validateStyle: false, cooperativeGestures: this.hasAttribute("cooperative"),
      locale: this.words,
    })
    this.map.touchZoomRotate.disableRotation()
    this.map.keyboard.disableRotation()
    this.parts.drawMissing(this.map, () => this.colours)
    this.parts.answer(this.map, maplibregl, (mark) => this.pick(mark))
    this.furnish()
    this.listen()
    if (this.value) this.showPin(false)
    await new Promise((done) => this.map.once("load", done))
    // What was said meanwhile.
    this.select()
    if (this.marks) this.show(this.marks)
    this.state("ready")
    this.dispatchEvent(new CustomEvent("komek-map:ready", { bubbles: true }))
  }

  get middle() {
    const [lat, lon] = this.getAttribute("center")?.split(",").map(Number) ?? this.told.center ?? [51.1282, 71.4304]
    return { lat, lon }
  }

  // What the library says by itself.
  get words() {
    const { words } = this.told
    return {
      "Map.Title": this.getAttribute("label") || words.map,
      "Marker.Title": words.pin,
      "CooperativeGesturesHandler.WindowsHelpText": words.ctrl,
      "CooperativeGesturesHandler.MacHelpText": words.command,
      "CooperativeGesturesHandler.MobileHelpText": words.fingers,
    }
  }

  style() {
    const { styleOf, withMarks, collected } = this.parts
    this.theme = Object.values(this.colours).join()
    return withMarks(styleOf(this.colours, this.told), this.colours, collected(this.marks), this.getAttribute("selected"), this.theme)
  }

  furnish() {
    const { words, credits } = this.told
    const tool = (name, word, act) => {
      const button = make("button", { type: "button", title: word, "aria-label": word }, make("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, make("path", { d: ICONS[name] })))
      button.addEventListener("click", act)
      return button
    }
    const tools = make("div", { class: "map-tools" }, tool("closer", words.closer, () => this.map.zoomIn()), tool("farther", words.farther, () => this.map.zoomOut()))
    if (this.hasAttribute("lat-input")) {
      tools.append(tool("pin", words.put, () => {
        const { lat, lng } = this.map.getCenter()
        this.place(lat, lng, { fly: false })
        this.pin.getElement().focus()
      }))
    }
    this.said = make("p", { class: "map-said", "aria-live": "polite" })
    this.append(tools, make("p", { class: "map-credit" }, credits.join(" · ")), this.said)
  }

  listen() {
    this.leave = new AbortController()
    const { signal } = this.leave
    const restyle = () => {
      const colours = this.parts.coloursOf(this)
      if (Object.values(colours).join() === this.theme) return
      this.colours = colours
      this.map.setStyle(this.style())
    }
    dark.addEventListener("change", restyle, { signal })
    this.dressed = new MutationObserver(restyle)
    this.dressed.observe(document.documentElement, { attributeFilter: ["class", "style", "data-theme"] })
    if (!this.hasAttribute("lat-input")) return
    this.map.on("click", ({ lngLat, defaultPrevented }) => {
      if (!defaultPrevented) this.place(lngLat.lat, lngLat.lng, { fly: false })
    })
    for (const field of this.fields) {
      field?.addEventListener("change", () => {
        if (this.filling) return
        if (this.value) this.showPin(true)
        else this.clear()
      }, { signal })
    }
  }

  showPin(fly) {
    const { lat, lon } = this.value ?? this.middle
    if (!this.pin) {
      const { words } = this.told
      const element = make("button", { type: "button", class: "map-pin", "aria-label": `${this.getAttribute("label") || words.pin}. ${words.pin_help}` },
        make("svg", { viewBox: "0 0 32 42", "aria-hidden": "true" },
          make("ellipse", { class: "pin-foot", cx: "16", cy: "41", rx: "9", ry: "3.5" }),
          make("path", { class: "pin-body", d: "M16 41S29 27 29 15.5a13 13 0 1 0-26 0C3 27 16 41 16 41Z" }),
          make("circle", { class: "pin-eye", cx: "16", cy: "15.5", r: "5" })))
      element.addEventListener("keydown", (event) => this.nudge(event))
      // The ground below is not clicked with it.
      element.addEventListener("click", (event) => event.stopPropagation())
      this.pin = new this.parts.maplibregl.Marker({ element, anchor: "bottom", draggable: true }).setLngLat([lon, lat]).addTo(this.map)
      this.pin.on("dragend", () => {
        const at = this.pin.getLngLat()
        this.place(at.lat, at.lng, { fly: false })
      })
    }
    this.pin.setLngLat([lon, lat])
    if (fly) this.map.easeTo({ center: [lon, lat], zoom: Math.max(this.map.getZoom(), NEAR), duration: still.matches ? 0 : 500 })
    else if (!this.map.getBounds().contains([lon, lat])) this.map.easeTo({ center: [lon, lat], duration: still.matches ? 0 : 200 })
  }

  nudge(event) {
    const step = STEPS[event.key]
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    event.stopPropagation()
    const by = event.shiftKey ? LONG_STEP : STEP
    const from = this.map.project(this.pin.getLngLat())
    const { lat, lng } = this.map.unproject([from.x + step[0] * by, from.y + step[1] * by])
    this.place(lat, lng, { fly: false })
    clearTimeout(this.saying)
    this.saying = setTimeout(() => { this.said.textContent = `${lat.toFixed(5)}, ${lng.toFixed(5)}` }, 600)
  }

  pick(mark) {
    const picked = new CustomEvent("komek-map:pick", { bubbles: true, cancelable: true, detail: mark })
    if (this.dispatchEvent(picked) && mark.url) location.assign(mark.url)
  }

  fit({ features }) {
    this.fitted = true
    if (this.hasAttribute("center")) return
    const around = new this.parts.maplibregl.LngLatBounds()
    for (const { geometry } of features) around.extend(geometry.coordinates)
    this.map.fitBounds(around, { padding: 56, maxZoom: NEAR, duration: 0 })
  }

  state(name) {
    this.dataset.state = name
  }

  undraw() {
    this.seen?.disconnect()
    this.dressed?.disconnect()
    this.leave?.abort()
    this.map?.remove()
    for (const part of this.querySelectorAll(":scope > :is(.map-ground, .map-tools, .map-credit, .map-said)")) part.remove()
    this.map = this.pin = this.fitted = undefined
  }
}

customElements.define("komek-map", KomekMap)

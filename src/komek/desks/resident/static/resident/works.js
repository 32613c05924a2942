// The map of works: what is around its middle, asked for again when it was moved; and where the phone is.
const near = document.getElementById("works-near")
const map = document.querySelector("komek-map")
const here = document.getElementById("here")
const said = document.getElementById("where-said")
const SQUARE = [100, 65]
let shown = ""

const marks = () => JSON.parse(near.querySelector(".marks")?.textContent ?? "[]")
const square = (lat, lon) => [Math.floor(lat * SQUARE[0]), Math.floor(lon * SQUARE[1])].join()

async function look(lat, lon) {
  const wanted = square(lat, lon)
  if (wanted === shown) return
  shown = wanted
  // The middle of the square: whoever looks at it asks for the same address.
  const [row, column] = wanted.split(",").map(Number)
  const at = `${((row + 0.5) / SQUARE[0]).toFixed(4)},${((column + 0.5) / SQUARE[1]).toFixed(4)}`
  const answer = await fetch(`${near.dataset.src}?at=${at}&language=${document.documentElement.lang}`).catch(() => null)
  if (!answer?.ok || wanted !== shown) return
  near.innerHTML = await answer.text()
  map.show(marks())
}

if (map && near) {
  map.addEventListener("komek-map:ready", () => {
    const { lat, lng } = map.map.getCenter()
    shown = square(lat, lng)
    map.show(marks())
    map.map.on("moveend", () => {
      const { lat: newLat, lng: newLon } = map.map.getCenter()
      look(newLat, newLon)
    })
  })
  map.addEventListener("komek-map:pick", (event) => {
    event.preventDefault()
    map.setAttribute("selected", event.detail.id)
    document.getElementById(`work-${event.detail.id}`)?.focus()
  })
}

if (navigator.geolocation) {
  here.hidden = false
  here.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => location.assign(`?at=${coords.latitude.toFixed(4)},${coords.longitude.toFixed(4)}`),
    () => { said.textContent = here.dataset.failed },
    { timeout: 10_000, maximumAge: 60_000 },
  ))
}

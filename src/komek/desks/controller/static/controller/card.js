// One card: photos in large, the place on the map, and a word when somebody else has saved it meanwhile.
import { choices } from "../ui/combobox.js";
import "./viewer.js";

const PLACE = ["street_id", "house_id", "lat", "lon"]
const form = document.getElementById("correct")
const map = document.getElementById("place")

if (map) customElements.whenDefined("komek-map").then(() => map.show(JSON.parse(document.getElementById("place-marks").dataset.marks)))

// Whoever opens a decision by its key writes on at once.
document.addEventListener("toggle", (event) => {
  if (event.target.matches("details.verb") && event.target.open) {
    event.target.querySelector("textarea, select, input:not([type=hidden])")?.focus()
    event.target.scrollIntoView({ block: "nearest" })
  }
}, true)

if (form) {
  const place = form.elements.place_text
  const forget = () => { for (const name of PLACE) form.elements[name].value = "" }
  place.addEventListener("input", forget)
  choices(place, (item) => {
    const { place: text, street, house, lat, lon } = item.dataset
    place.value = text
    Object.entries({ street_id: street, house_id: house, lat, lon }).forEach(([name, value]) => { form.elements[name].value = value ?? "" })
  })
  document.addEventListener("region:fresh", () => {
    const now = document.querySelector("[data-revision]")?.dataset.revision
    document.getElementById("changed-meanwhile").hidden = !now || now === form.elements.revision.value
  })
}

// Where it is: an address as it is typed, where the phone is, or a pin. One place, however it was said.
import { choices } from "../ui/combobox.js";

export function locate(form) {
  const field = form.place_text
  const map = form.querySelector("komek-map")
  const box = form.querySelector("#map-box")
  const said = form.querySelector("#where-said")
  const opener = form.querySelector("#on-the-map")
  const here = form.querySelector("#here")
  let byHand = Boolean(form.lat.value && !field.value)

  function tell(lat, lon) {
    form.lat.value = lat
    form.lon.value = lon
    for (const one of [form.lat, form.lon]) one.dispatchEvent(new Event("change", { bubbles: true }))
  }

  function open(wide) {
    box.hidden = !wide
    opener.ariaExpanded = String(wide)
  }

  field.role = "combobox"
  field.ariaExpanded = "false"
  field.ariaAutoComplete = "list"
  field.autocomplete = "off"
  choices(field, (item) => {
    field.value = item.dataset.place
    byHand = false
    tell(item.dataset.lat, item.dataset.lon)
  })
  // Other words are another place, but for a pin: whoever has set one may still say which entrance.
  field.addEventListener("input", () => { if (!byHand && form.lat.value) tell("", "") })

  form.querySelector("#where-tools").hidden = false
  if (!map || map.dataset.state === "absent") opener.hidden = true
  if (!navigator.geolocation) here.hidden = true
  if (byHand) open(true)
  opener.addEventListener("click", () => open(box.hidden))
  form.addEventListener("komek-map:moved", () => { byHand = true })
  here.addEventListener("click", () => {
    here.ariaBusy = "true"
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        delete here.ariaBusy
        byHand = true
        if (!opener.hidden) open(true)
        tell(coords.latitude.toFixed(6), coords.longitude.toFixed(6))
        said.textContent = here.dataset.found
      },
      () => { said.textContent = here.dataset.failed },
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    )
  })
}

// An order's page: its place on the map, and its links copied by one key.
const words = document.getElementById("links-words").dataset
const mark = document.getElementById("mark")

if (mark) {
  const { id, lat, lon, kind } = mark.dataset
  const marks = [{ id, lat: Number(lat), lon: Number(lon), kind, label: "" }]
  customElements.whenDefined("komek-map").then(() => document.getElementById("place").show(marks))
}

// Where a browser does not let a page copy, the address stands beside to be copied by hand.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copies]") : []) {
  button.hidden = false
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copies)
    button.querySelector("span").textContent = words.copied
  })
}

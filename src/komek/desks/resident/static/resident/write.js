// Address suggestions, and a draft that survives a lost page. Everything works without this file.
const form = document.querySelector("form[enctype]")
const place = form.place_text
const box = document.getElementById("places")
const KEPT = "komek:write"

let asking
place.autocomplete = "off"
place.addEventListener("input", () => {
  form.lat.value = form.lon.value = ""
  clearTimeout(asking)
  asking = setTimeout(async () => {
    const answer = await fetch(`${box.dataset.src}?q=${encodeURIComponent(place.value)}`).catch(() => null)
    if (answer?.ok) box.innerHTML = await answer.text()
  }, 200)
})

function choose(item) {
  place.value = item.dataset.place
  form.lat.value = item.dataset.lat
  form.lon.value = item.dataset.lon
  box.innerHTML = ""
}
box.addEventListener("click", (event) => event.target.closest("li") && choose(event.target.closest("li")))
box.addEventListener("keydown", (event) => event.key === "Enter" && choose(event.target))

const fields = ["text", "place_text", "landmark", "name", "phone"]
try {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}")
  for (const name of fields) if (!form[name].value && kept[name]) form[name].value = kept[name]
} catch {
  sessionStorage.removeItem(KEPT)
}
form.addEventListener("input", () => {
  sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(fields.map((name) => [name, form[name].value]))))
})
// The draft goes when the number is shown: what was sent may not have arrived.
sessionStorage.removeItem("komek:sent")
form.addEventListener("submit", () => sessionStorage.setItem("komek:sent", "1"))

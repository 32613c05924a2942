// One decision about many: only the fields that the chosen verb needs, and how many cards it is about.
const form = document.getElementById("bulk")
const chosen = new Set()

function show() {
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(form.verb.value)
}

function count() {
  form.querySelector("[data-count]").textContent = chosen.size
  form.classList.toggle("idle", chosen.size === 0)
}

const boxes = () => [...document.querySelectorAll("input[name=card]")]

// What was chosen stays chosen when the list is shown anew; a card that is gone from it is decided about by nobody.
export function again() {
  const here = new Set(boxes().map((box) => box.value))
  for (const number of chosen) if (!here.has(number)) chosen.delete(number)
  for (const box of boxes()) box.checked = chosen.has(box.value)
  count()
}

export function toggle(box, on = !box.checked) {
  box.checked = on
  if (on) chosen.add(box.value)
  else chosen.delete(box.value)
  for (const twin of boxes()) if (twin.value === box.value) twin.checked = on
  count()
}

export function toggle_all() {
  const all = boxes()
  const on = all.some((box) => !box.checked)
  for (const box of all) toggle(box, on)
}

form?.addEventListener("change", show)
document.addEventListener("change", (event) => {
  if (event.target.matches("input[name=card]")) toggle(event.target, event.target.checked)
})
for (const box of boxes()) if (box.checked) chosen.add(box.value)
if (form) {
  show()
  count()
}

// A field with a list of suggestions under it, led by the arrow keys: the combobox pattern of the ARIA guide.
let lists = 0

// `choose` is given the list item that somebody has taken.
export function choices(field, choose) {
  const box = document.getElementById(field.getAttribute("aria-controls"))
  let wanted = ""
  let asking = false
  let taking = false
  let active = -1

  const items = () => [...box.querySelectorAll("[role=option]")]

  function point(to) {
    const all = items()
    active = all.length ? (to + all.length) % all.length : -1
    all.forEach((item, place) => {
      item.id ||= `option-${++lists}`
      item.ariaSelected = String(place === active)
      if (place === active) item.scrollIntoView({ block: "nearest" })
    })
    if (active >= 0) field.setAttribute("aria-activedescendant", all[active].id)
    else field.removeAttribute("aria-activedescendant")
  }

  function close() {
    wanted = ""
    taking = false
    box.replaceChildren()
    active = -1
    field.ariaExpanded = "false"
    field.removeAttribute("aria-activedescendant")
  }

  // Asked at each letter, but never twice at once: what was typed meanwhile is asked when the answer is there.
  async function ask() {
    if (asking) return
    asking = true
    const typed = wanted
    const answer = await fetch(`${field.dataset.suggests}?q=${encodeURIComponent(typed)}`).catch(() => null)
    const told = answer?.ok ? await answer.text().catch(() => null) : null
    asking = false
    // Taken, left or emptied meanwhile.
    if (!wanted) return
    if (told !== null) show(told)
    if (wanted !== typed) ask()
    else if (taking) take(items()[0])
  }

  function show(told) {
    box.innerHTML = told
    field.ariaExpanded = String(items().length > 0)
    field.removeAttribute("aria-activedescendant")
    active = -1
  }

  function take(item) {
    close()
    if (item) choose(item)
  }

  field.addEventListener("input", () => {
    wanted = field.value.trim()
    if (wanted) ask()
    else close()
  })
  field.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!items().length) return
      event.preventDefault()
      point(active < 0 ? (event.key === "ArrowDown" ? 0 : -1) : active + (event.key === "ArrowDown" ? 1 : -1))
    } else if (event.key === "Enter" && (items().length || asking)) {
      event.preventDefault()
      // What stands there may be of fewer letters than were typed.
      if (asking && active < 0) taking = true
      else take(items()[Math.max(active, 0)])
    } else if (event.key === "Escape" && items().length) {
      event.preventDefault()
      event.stopPropagation()
      close()
    }
  })
  // The field keeps the focus, so that a click is not first a goodbye.
  box.addEventListener("mousedown", (event) => event.preventDefault())
  box.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]")
    if (item) take(item)
  })
  field.addEventListener("blur", close)
}

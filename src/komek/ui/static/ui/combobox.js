// A field with a list of suggestions under it, led by the arrow keys: the combobox pattern of the ARIA guide.
const PAUSE = 120

let lists = 0

// `choose` is given the list item that somebody has taken.
export function choices(field, choose) {
  const box = document.getElementById(field.getAttribute("aria-controls"))
  let timer
  let turn = 0
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
    turn++
    clearTimeout(timer)
    box.replaceChildren()
    active = -1
    field.ariaExpanded = "false"
    field.removeAttribute("aria-activedescendant")
  }

  async function ask() {
    const mine = ++turn
    if (!field.value.trim()) return close()
    const answer = await fetch(`${field.dataset.suggests}?q=${encodeURIComponent(field.value.trim())}`).catch(() => null)
    if (!answer?.ok || mine !== turn) return
    box.innerHTML = await answer.text()
    field.ariaExpanded = String(items().length > 0)
    active = -1
  }

  function take(item) {
    close()
    choose(item)
  }

  field.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(ask, PAUSE)
  })
  field.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!items().length) return
      event.preventDefault()
      point(active < 0 ? (event.key === "ArrowDown" ? 0 : -1) : active + (event.key === "ArrowDown" ? 1 : -1))
    } else if (event.key === "Enter" && items().length) {
      event.preventDefault()
      take(items()[Math.max(active, 0)])
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

// A long text is not lost with a tab: what is not published stays in this browser until it is, or is thrown away.
const form = document.querySelector("form[data-keep]")
const note = document.getElementById("kept")

const key = () => `komek-article:${form.dataset.keep}:${form.dataset.version}`
const fields = () => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.matches("input, textarea"))
const written = () => JSON.stringify(Object.fromEntries(fields().map((one) => [one.name, one.value])))

function keep() {
  try {
    localStorage.setItem(key(), written())
  } catch {
    // A browser that keeps nothing keeps nothing.
  }
}

function forget_others() {
  const mine = `komek-article:${form.dataset.keep}:`
  for (const one of Object.keys(localStorage)) if (one.startsWith(mine) && one !== key()) localStorage.removeItem(one)
}

if (form) {
  // A newer version is on the floor: what was kept has become it, or was shown beside it.
  forget_others()
  const kept = localStorage.getItem(key())
  const shown = written()
  if (kept && kept !== shown) note.hidden = false
  let resting
  form.addEventListener("input", () => {
    clearTimeout(resting)
    resting = setTimeout(keep, 400)
  })
  window.addEventListener("pagehide", () => {
    if (written() !== shown) keep()
  })
  note.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-kept]")?.dataset.kept
    if (chosen === "take") {
      const told = JSON.parse(localStorage.getItem(key()) ?? "{}")
      for (const one of fields()) if (one.name in told) one.value = told[one.name]
    }
    if (chosen === "drop") localStorage.removeItem(key())
    if (chosen) note.hidden = true
  })
}

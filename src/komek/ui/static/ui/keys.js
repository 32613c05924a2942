// Keys: whatever says `data-key` is done by that key, and the palette finds it by its name.
//
// Keys are named by their place on the keyboard ("Alt+Digit1"), because on a Kazakh one the digits are letters.
const MODIFIERS = [["ctrlKey", "Control"], ["altKey", "Alt"], ["shiftKey", "Shift"]]

function name(event) {
  const held = MODIFIERS.filter(([property]) => event[property] || (property === "ctrlKey" && event.metaKey)).map(([, word]) => word)
  const key = event.code === "NumpadEnter" ? "Enter" : event.code
  return [...held, key].join("+")
}

const shown = (element) => !element.disabled && (element.offsetParent !== null || element.matches("input") && !element.closest("[hidden]"))

// A letter belongs to whoever is writing; with Ctrl or Alt it is a command there too.
const writes = (event) => event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey
const writing = (field) => field.matches?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])")

export function press(element) {
  if (element.matches("summary")) element.parentElement.open = !element.parentElement.open
  else if (writing(element)) element.focus()
  else element.click()
  if (element.matches("input[type=radio]")) element.dispatchEvent(new Event("input", { bubbles: true }))
}

const FOLDED = "details.menu[open], details.verb[open]"

document.addEventListener("keydown", (event) => {
  // Escape leaves a page only when nobody is writing there and nothing is open: no key loses what was typed.
  if (event.key === "Escape" && (writing(event.target) || document.querySelector(FOLDED))) return
  if (event.isComposing || (writes(event) && writing(event.target))) return
  const bound = [...document.querySelectorAll(`[data-key="${CSS.escape(name(event))}"]`)].find(shown)
  if (!bound || (document.querySelector("dialog[open]") && !bound.closest("dialog"))) return
  event.preventDefault()
  if (!event.repeat) press(bound)
})

// Somebody who opened a menu and goes elsewhere has no need of it any more.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false
})
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return
  const folded = event.target.closest?.(FOLDED) ?? document.querySelector(FOLDED)
  if (folded) {
    folded.open = false
    folded.querySelector("summary").focus()
  }
})

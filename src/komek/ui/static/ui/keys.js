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

export function press(element) {
  if (element.matches("summary")) element.parentElement.open = !element.parentElement.open
  else element.click()
  if (element.matches("input[type=radio]")) element.dispatchEvent(new Event("input", { bubbles: true }))
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return
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
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]")
  if (menu) {
    menu.open = false
    menu.querySelector("summary").focus()
  }
})

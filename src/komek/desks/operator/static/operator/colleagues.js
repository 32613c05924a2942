// Colleagues: asked in private while the caller hears music, or called into the call.
import { phone, post } from "../ui/phone/strip.js";
import { say } from "./saying.js";

const menu = document.querySelector("#phone .colleagues")
const list = menu.querySelector("[data-colleagues]")
const calls = document.getElementById("ring").dataset.call

async function told() {
  const answer = await fetch(list.dataset.colleagues).catch(() => null)
  return answer?.ok && !answer.redirected ? answer.text() : ""
}

// Whose line it is that rings: the switch knows only its number.
export async function name_of(line) {
  const found = new DOMParser().parseFromString(await told(), "text/html").querySelector(`[data-ask="${CSS.escape(line)}"]`)
  return found?.closest(".row").querySelector(".b").textContent ?? ""
}

menu.addEventListener("toggle", async () => {
  if (menu.open) list.innerHTML = await told()
})

list.addEventListener("click", async ({ target }) => {
  const { ask, invite } = target.closest("button")?.dataset ?? {}
  const call = phone.call?.told.call
  if (ask) phone.dial(ask)
  if (invite && call) {
    phone.beside?.hangUp()
    const answer = await post(`${calls.replace("CALL", encodeURIComponent(call))}invite/`, { agent: invite }).catch(() => null)
    if (!answer?.ok) say((await answer?.json().catch(() => null))?.detail)
  }
  if (ask || invite) menu.open = false
})

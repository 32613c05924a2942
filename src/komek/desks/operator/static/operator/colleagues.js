// Colleagues: asked in private while the caller hears music, or called into the call.
import { phone, post } from "../ui/phone/strip.js";
import { say } from "./saying.js";

const menu = document.querySelector("#phone .colleagues")
const list = menu.querySelector("[data-colleagues]")
const calls = document.getElementById("ring").dataset.call

menu.addEventListener("toggle", async () => {
  if (!menu.open) return
  const answer = await fetch(list.dataset.colleagues).catch(() => null)
  if (answer?.ok && !answer.redirected) list.innerHTML = await answer.text()
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

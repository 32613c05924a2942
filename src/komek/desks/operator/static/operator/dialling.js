// "Call the resident": the number is read for this one call, and the call stands on the card it is about.
import { phone, post } from "../ui/phone/strip.js";
import { say } from "./saying.js";

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-rings]")
  if (!button || phone.call) return
  if (!phone.on) await phone.start()
  const answer = await post(button.dataset.rings).catch(() => null)
  const told = await answer?.json().catch(() => null)
  if (answer?.ok && told?.number) phone.dial(told.number, { about: button.dataset.card })
  else say(told?.detail)
})

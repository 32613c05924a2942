// The card of a call while our own server is away: everything that came with the call itself, and room to write.
export function blank(call, fill) {
  const made = document.getElementById("blank-call").content.cloneNode(true)
  const form = made.querySelector("#workbench")
  form.dataset.contact = `call-${call.told.call}`
  form.elements.language.value = call.told.language || "kk"
  form.elements.key.value = crypto.randomUUID()
  if (call.told.urgent) form.querySelector("[name=kind][value=emergency]").checked = true
  made.querySelector("[data-urgent]").hidden = !call.told.urgent
  fill(made)
  document.getElementById("main").replaceChildren(made)
  document.dispatchEvent(new Event("desk:shown"))
}

// Forms that cannot be sent twice by a nervous finger.
document.addEventListener("submit", (event) => {
  const form = event.target
  if (form.dataset.sent !== undefined) {
    event.preventDefault()
    return
  }
  if (form.method === "post") {
    form.dataset.sent = ""
    setTimeout(() => delete form.dataset.sent, 8000)
  }
})
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent
})

// A sentence where the page says what has happened.
const box = document.getElementById("ring")

export function say(text = box.dataset.away) {
  const message = document.createElement("p")
  message.className = "message error"
  message.textContent = text
  document.getElementById("messages").replaceChildren(message)
}

// What somebody has written stays on their phone until it has arrived: through a reload, a lost network, another language.
const KEPT = "komek:write"
const DAYS = 3
const FIELDS = ["text", "topic_code", "place_text", "landmark", "lat", "lon", "phone", "name", "key"]

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null")
    return kept && Date.now() - kept.at < DAYS * 86_400_000 ? kept.fields : null
  } catch {
    return null
  }
}

// What the page brings along is newer than what is kept; the key stays, so that nothing is counted twice.
export function bringBack(form) {
  const fields = read()
  if (!fields || form.text.value.trim()) return false
  for (const name of FIELDS) if (fields[name] && (name === "key" || !form[name].value)) form[name].value = fields[name]
  return true
}

export function keep(form) {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, form[name].value]))
  try {
    localStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), fields }))
  } catch {
    // A phone that keeps nothing: the page itself still does.
  }
}

export function forget() {
  localStorage.removeItem(KEPT)
}

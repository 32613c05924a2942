// How far an order is: as its page says, as this telephone was answered, and as it has done since.
import { put } from "./keep.js";

export const WAY = ["sent", "accepted", "on_the_way", "on_site", "done"]
const REACHES = { accept: "accepted", "set-out": "on_the_way", arrive: "on_site", report: "done", decline: "declined" }
export const work = document.getElementById("work")
export const words = document.getElementById("words").dataset
export const link = location.pathname

// What this telephone knows of the order, from the page or from an answer: a page may be an old one that was kept.
let known

export function page() {
  const { status, returned } = document.getElementById("state").dataset
  return { status, returned: Number(returned) }
}

function further(one, other) {
  if (one.returned !== other.returned) return one.returned > other.returned ? one : other
  const place = ({ status }) => (status === "declined" ? WAY.length : WAY.indexOf(status))
  return place(other) > place(one) ? other : one
}

export async function note(told) {
  known = known ? further(known, told) : told
  const { number, topic, place } = work.dataset
  await put("orders", { link, number, topic, place, known, at: Date.now() })
}

export function remember(kept) {
  known = kept
}

// An answer says how far it is in this round of the work.
export const answered = (status) => note({ status, returned: known.returned })

// Where the order stands: as the server knows it, and what this telephone has done since.
export function standing(actions) {
  const last = actions.filter((action) => !action.refused).at(-1)
  return last ? REACHES[last.verb] : known.status
}

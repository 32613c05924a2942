// Sends what is kept, in order, each thing once: every action has a key, every file an offset that the server remembers.
import { change, drop, of } from "./keep.js";

const SMALLEST = 65536, FIRST = 262144, LARGEST = 1048576
// A connection that has gone silent is as good as none.
const PATIENCE = 30000, PATIENCE_AT_THE_END = 120000
const QUICK = 1000
let piece = FIRST
// File → how much of it has arrived; nothing is known of a file that this page has not asked for yet.
const offsets = new Map()

export class Later extends Error {
  constructor(seconds = 0) {
    super("later")
    this.seconds = seconds
  }
}

export const sent = (file) => (file.arrived ? file.size : offsets.get(file.key) ?? 0)

async function ask(address, told, patience = PATIENCE) {
  const headers = { Accept: "application/json", ...told.headers }
  const answer = await fetch(address, { ...told, headers, signal: AbortSignal.timeout(patience) }).catch(() => null)
  if (!answer) throw new Later()
  if (answer.status === 429 || answer.status >= 500) throw new Later(Number(answer.headers.get("Retry-After") ?? 5))
  return answer
}

const said = async (answer) => (await answer.json().catch(() => ({}))).detail ?? String(answer.status)

// One action. What was refused stays, with the reason, until the foreman has decided.
async function act(action, reached) {
  const body = new FormData()
  for (const [name, value] of [...action.fields, ["key", action.key], ["at", action.at]]) body.append(name, value)
  for (const { key, shows } of action.files) body.append("upload", `${key}:${shows}`)
  const answer = await ask(action.address, { method: "POST", body })
  if (answer.ok) {
    await reached((await answer.json()).status)
    for (const { key } of action.files) await drop("files", key)
    return drop("actions", action.id)
  }
  return change("actions", action.id, { refused: await said(answer) })
}

async function begin(address, file) {
  const headers = { "Upload-Length": String(file.size), "Upload-Name": encodeURIComponent(file.name) }
  return ask(address, { method: "POST", headers })
}

// One piece of a file, from wherever the server is.
async function pass(address, file) {
  if (!offsets.has(file.key)) return heard(file, await begin(address, file))
  const offset = offsets.get(file.key)
  const part = file.content.slice(offset, offset + piece)
  const began = performance.now()
  const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" }
  const atTheEnd = offset + part.size >= file.size
  try {
    const answer = await ask(address, { method: "PATCH", headers, body: part }, atTheEnd ? PATIENCE_AT_THE_END : PATIENCE)
    if (answer.ok && performance.now() - began < QUICK) piece = Math.min(piece * 2, LARGEST)
    return heard(file, answer)
  } catch (failure) {
    // Nobody knows whether it arrived: the server is asked before the next one.
    offsets.delete(file.key)
    piece = Math.max(piece / 2, SMALLEST)
    throw failure
  }
}

async function heard(file, answer) {
  if (answer.status === 404 || answer.status === 400) {
    // Forgotten there, or broken on the way: asked anew, and not at once.
    offsets.delete(file.key)
    throw new Later()
  }
  if (answer.status === 409 && answer.headers.has("Upload-Offset")) {
    return offsets.set(file.key, Number(answer.headers.get("Upload-Offset")))
  }
  if (!answer.ok) return change("files", file.key, { refused: await said(answer) })
  offsets.set(file.key, Number(answer.headers.get("Upload-Offset")))
  // What has arrived need not be kept; what it was called is, until its report has gone.
  if (answer.headers.get("Upload-Complete") === "?1") return change("files", file.key, { content: null, arrived: true })
}

// Everything that waits for this order; one window of several does it. Throws Later when the network is gone.
export async function send(link, pieces, { tell, reached }) {
  const work = async () => {
    for (;;) {
      const [actions, files] = await Promise.all([of("actions", link), of("files", link)])
      const [next] = actions
      const mine = next ? files.filter((file) => next.files.some(({ key }) => key === file.key)) : []
      const broken = mine.find((file) => file.refused)
      const waiting = files.find((file) => !file.arrived && !file.refused)
      if (next?.refused) return
      if (next && broken) await change("actions", next.id, { refused: broken.refused })
      else if (next && mine.every((file) => file.arrived)) await act(next, reached)
      else if (waiting) await pass(`${pieces}${waiting.key}/`, waiting)
      else return
      await tell()
    }
  }
  return navigator.locks ? navigator.locks.request(`komek:${link}`, work) : work()
}

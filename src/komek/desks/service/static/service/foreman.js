// The foreman's page on a bad network: what is done is kept first and sent after. Without this file the forms send themselves.
import { all, of, put } from "./keep.js";
import { install, keepPage } from "./offline.js";
import { Later, send } from "./send.js";
import { show, tell } from "./shown.js";
import { answered, link, note, page, remember, words, work } from "./standing.js";

const FIRST_PAUSE = 1000, LONGEST_PAUSE = 20000
let pause = FIRST_PAUSE
let timer
let busy = false
let again = false
// A film that was just taken is on its way into the memory: whoever is done at once waits for it.
let taking = Promise.resolve()

async function keep(form, pressed) {
  const fields = [...new FormData(form, pressed)].filter(([name, value]) => typeof value === "string" && !["key", "csrfmiddlewaretoken", "kept_files"].includes(name))
  const verb = form.dataset.queue
  const files = verb === "report" ? (await of("files", link)).filter((file) => !file.refused).map(({ key, shows }) => ({ key, shows })) : []
  await put("actions", { link, verb, address: form.action, fields, files, key: crypto.randomUUID(), at: new Date().toISOString() })
}

// A report without a photo says why before it goes.
function lacks(form, pressed) {
  const told = new FormData(form, pressed)
  return form.dataset.queue === "report" && told.get("outcome") === "done" && !told.get("reason_code") && !work.classList.contains("shown")
}

function ask_why() {
  const why = document.getElementById("no-photo")
  why.classList.add("asked")
  why.scrollIntoView({ block: "center" })
  why.querySelector("button").focus()
}

async function take(field) {
  tell("")
  const shows = document.getElementById("id_shows").value
  for (const content of field.files) {
    const file = { key: crypto.randomUUID(), link, name: content.name || "photo", size: content.size, shows, content }
    try {
      await put("files", file)
    } catch {
      return tell(words.full)
    }
  }
  field.value = ""
  await show()
  pump()
}

async function refresh() {
  for (const region of work.querySelectorAll("[data-region]")) {
    const answer = await fetch(link, { headers: { "X-Region": region.dataset.region } }).catch(() => null)
    if (!answer?.ok || answer.redirected) return
    const html = await answer.text()
    if (html !== region.innerHTML) region.innerHTML = html
  }
  await note(page())
  keepPage(link)
}

function goes() {
  pause = FIRST_PAUSE
  delete work.dataset.lost
}

async function pump() {
  clearTimeout(timer)
  if (busy) {
    again = true
    return
  }
  busy = true
  try {
    const before = (await of("actions", link)).length
    await send(link, work.dataset.pieces, {
      reached: answered,
      tell: () => {
        goes()
        return show()
      },
    })
    goes()
    if (before) await refresh()
  } catch (failure) {
    if (!(failure instanceof Later)) throw failure
    timer = setTimeout(pump, Math.max(pause, failure.seconds * 1000))
    pause = Math.min(pause * 2, LONGEST_PAUSE)
    work.dataset.lost = ""
  } finally {
    busy = false
    await show()
  }
  if (again) {
    again = false
    pump()
  }
}

async function start() {
  // A browser that keeps nothing, or no page without encryption, has the forms, as without this file.
  if (!isSecureContext) return
  remember((await all("orders")).find((order) => order.link === link)?.known)
  await note(page())
  document.body.classList.add("keeps")
  work.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-queue]")
    if (!form || form.dataset.plain !== undefined) return
    event.preventDefault()
    event.stopPropagation()
    if (form.dataset.keeping !== undefined) return
    form.dataset.keeping = ""
    try {
      await taking
      if (lacks(form, event.submitter)) return ask_why()
      await keep(form, event.submitter)
      form.reset()
    } catch {
      // No room to keep it: it goes as it would without this file.
      form.dataset.plain = ""
      return form.requestSubmit(event.submitter)
    } finally {
      delete form.dataset.keeping
    }
    await show()
    scrollTo({ top: 0 })
    pump()
  }, true)
  for (const field of work.querySelectorAll("input[type=file]")) field.addEventListener("change", () => { taking = taking.then(() => take(field)) })
  document.addEventListener("region:fresh", async () => {
    await note(page())
    await show()
    keepPage(link)
  })
  addEventListener("online", () => {
    goes()
    pump()
  })
  work.addEventListener("foreman:go", pump)
  addEventListener("offline", show)
  document.addEventListener("visibilitychange", () => document.hidden || pump())
  navigator.storage?.persist?.()
  await show()
  pump()
  await install(work.dataset.worker, link)
}

start()

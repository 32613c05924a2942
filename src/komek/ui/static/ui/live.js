// Live regions: hear which topics changed, ask the server for the regions that show them.
const body = document.body
const PAUSE = 150
// Whatever happens in the city, a screen asks for its regions once a second at most.
const FLOOR = 1000

// Region → when we heard of the first and of the last change that it does not show yet.
const waiting = new Map()
let timer
let asked = 0

function regionsOf(topics) {
  const all = [...document.querySelectorAll("[data-live]")]
  return topics === null ? all : all.filter((el) => el.dataset.live.split(" ").some((topic) => topics.has(topic)))
}

function changed(topics) {
  for (const region of regionsOf(topics)) wait(region.dataset.region, performance.now())
}

function wait(name, heard) {
  waiting.set(name, { first: waiting.get(name)?.first ?? heard, last: heard })
  // The first change sets the time; those that follow come along and never put it off.
  timer ??= setTimeout(refresh, Math.max(PAUSE, asked + FLOOR - performance.now()) + Math.random() * PAUSE)
}

async function refresh() {
  const changes = [...waiting]
  waiting.clear()
  timer = undefined
  asked = performance.now()
  await Promise.all(changes.map(([name, heard]) => load(name, heard)))
}

async function load(name, heard = { first: performance.now(), last: performance.now() }) {
  const region = document.querySelector(`[data-region="${CSS.escape(name)}"]`)
  if (!region) return
  if (busy(region)) {
    region.dataset.stale = ""
    return
  }
  // A rendering that was begun since the first change, for whomever, will do: we learn how old it is and ask again
  // when it may lack a later one.
  const sent = performance.now()
  const headers = { "X-Region": name, "X-Heard": String(Math.floor(sent - heard.first)) }
  const answer = await fetch(body.dataset.livePage || location.href, { headers }).catch(() => null)
  if (answer?.status !== 200 || answer.redirected) return
  const html = await answer.text()
  const begun = sent - Number(answer.headers.get("X-Age") ?? 0)
  if (heard.last > begun) wait(name, heard.last)
  if (busy(region)) {
    region.dataset.stale = ""
    return
  }
  if (html !== region.innerHTML) region.innerHTML = html
  delete region.dataset.stale
  region.dispatchEvent(new CustomEvent("region:fresh", { bubbles: true }))
}

// A region in which somebody is typing, or has typed something not yet sent, is left alone; what its page ticks again
// itself (`data-renewed`) is no typing.
function busy(region) {
  const field = document.activeElement
  const typing = region.contains(field) && field.matches("input:not([type=button], [type=submit], [data-renewed]), textarea, select")
  return typing || [...region.querySelectorAll("input:not([type=hidden]), textarea")].some((one) => one.value !== one.defaultValue)
}

document.addEventListener("focusout", () => {
  setTimeout(() => {
    for (const region of document.querySelectorAll("[data-stale]")) if (!busy(region)) load(region.dataset.region)
  }, 0)
})

let source

function listen() {
  const address = new URL(body.dataset.liveUrl, location.href)
  address.searchParams.set("pass", body.dataset.livePass)
  address.searchParams.set("since", body.dataset.liveSince)
  if (body.dataset.liveHere) address.searchParams.set("here", body.dataset.liveHere)
  const opened = (source = new EventSource(address))
  opened.addEventListener("changed", (event) => {
    body.dataset.liveSince = event.lastEventId
    changed(new Set(event.data.split(" ")))
  })
  opened.addEventListener("resync", (event) => {
    body.dataset.liveSince = event.lastEventId
    changed(null)
  })
  opened.addEventListener("open", () => delete body.dataset.offline)
  opened.addEventListener("error", () => {
    body.dataset.offline = ""
    if (opened.readyState === EventSource.CLOSED && opened === source) setTimeout(listen, 5000)
  })
}

// A page that shows something else now, without having been loaded anew: where it is found, what it may hear, who is here.
export function follow({ page, pass, here }) {
  Object.assign(body.dataset, { livePage: page, livePass: pass, liveHere: here ?? "" })
  source?.close()
  listen()
}

if (body.dataset.livePass) listen()

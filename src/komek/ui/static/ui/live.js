// Live regions: hear which topics changed, ask the server for the regions that show them.
const body = document.body
const PAUSE = 150

const waiting = new Set()
let timer

function regionsOf(topics) {
  const all = [...document.querySelectorAll("[data-live]")]
  return topics === null ? all : all.filter((el) => el.dataset.live.split(" ").some((topic) => topics.has(topic)))
}

function changed(topics) {
  for (const region of regionsOf(topics)) waiting.add(region.dataset.region)
  clearTimeout(timer)
  timer = setTimeout(refresh, PAUSE + Math.random() * PAUSE)
}

async function refresh() {
  const names = [...waiting]
  waiting.clear()
  await Promise.all(names.map(load))
}

async function load(name) {
  const region = document.querySelector(`[data-region="${CSS.escape(name)}"]`)
  if (!region) return
  if (busy(region)) {
    region.dataset.stale = ""
    return
  }
  const answer = await fetch(body.dataset.livePage || location.href, { headers: { "X-Region": name } }).catch(() => null)
  if (!answer?.ok || answer.redirected) return
  const html = await answer.text()
  if (busy(region)) {
    region.dataset.stale = ""
    return
  }
  if (html !== region.innerHTML) region.innerHTML = html
  delete region.dataset.stale
  region.dispatchEvent(new CustomEvent("region:fresh", { bubbles: true }))
}

// A region in which somebody is typing, or has typed something not yet sent, is left alone.
function busy(region) {
  const field = document.activeElement
  const typing = region.contains(field) && field.matches("input:not([type=button]):not([type=submit]), textarea, select")
  return typing || [...region.querySelectorAll("input:not([type=hidden]), textarea")].some((one) => one.value !== one.defaultValue)
}

document.addEventListener("focusout", () => {
  setTimeout(() => {
    for (const region of document.querySelectorAll("[data-stale]")) if (!busy(region)) load(region.dataset.region)
  }, 0)
})

function listen() {
  const address = new URL(body.dataset.liveUrl, location.href)
  address.searchParams.set("pass", body.dataset.livePass)
  address.searchParams.set("since", body.dataset.liveSince)
  const source = new EventSource(address)
  source.addEventListener("changed", (event) => {
    body.dataset.liveSince = event.lastEventId
    changed(new Set(event.data.split(" ")))
  })
  source.addEventListener("resync", (event) => {
    body.dataset.liveSince = event.lastEventId
    changed(null)
  })
  source.addEventListener("open", () => delete body.dataset.offline)
  source.addEventListener("error", () => {
    body.dataset.offline = ""
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000)
  })
}

if (body.dataset.livePass) listen()

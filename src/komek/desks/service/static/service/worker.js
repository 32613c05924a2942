// Opens a foreman's order without a network: the page as it was last, and the files that it consists of.
const PAGES = "komek-foreman-pages", PARTS = "komek-foreman-parts", PICTURES = "komek-foreman-pictures"
const PATIENCE = 4000
// As long as the longest link lives.
const KEPT = 4 * 24 * 3600 * 1000
// What the text of a page names of our files.
const PART = /(?:href|src)="(\/static\/[^"#]+)/g
const PICTURE = /<img[^>]+src="(\/file\/[^"#]+)/g
const HOME = new URL("./", self.location).pathname

self.addEventListener("install", () => self.skipWaiting())
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([self.clients.claim(), tidy()])))

// A page says what it consists of; what no page needs any more is forgotten.
self.addEventListener("message", (event) => event.waitUntil(learn(event.data, event.ports[0])))

async function learn({ page, parts }, heard) {
  const kept = await caches.open(PARTS)
  for (const part of parts) {
    if (!(await kept.match(part))) await kept.add(part).catch(() => null)
  }
  for (const one of new Set([page, HOME])) await look(new Request(one)).catch(() => null)
  const shown = await picturesOf(await (await caches.open(PAGES)).match(page))
  await Promise.all(shown.map((address) => picture(new Request(address)).catch(() => null)))
  await tidy()
  heard?.postMessage("kept")
}

// Asks the network for a page, and keeps it; a page that may not be seen any more is forgotten.
async function look(request) {
  const answer = await fetch(request.url, { credentials: "same-origin", redirect: "follow" })
  const pages = await caches.open(PAGES)
  if (answer.ok && !answer.redirected) {
    const headers = new Headers(answer.headers)
    headers.set("X-Kept-At", String(Date.now()))
    const text = await answer.clone().text()
    await pages.put(request.url, new Response(text, { status: answer.status, headers }))
    await Promise.all([...text.matchAll(PART)].map(([, address]) => part(new Request(address)).catch(() => null)))
  } else if (answer.status === 403 || answer.status === 404) {
    await pages.delete(request.url)
    await tidy()
  }
  return answer
}

async function page(event) {
  const kept = await (await caches.open(PAGES)).match(event.request.url)
  const fresh = look(event.request)
  if (!kept) return fresh
  event.waitUntil(fresh.catch(() => null))
  const tooLong = new Promise((done) => setTimeout(done, PATIENCE))
  const answer = await Promise.race([fresh.catch(() => null), tooLong])
  // A server in trouble is no better than none.
  return answer && answer.status < 500 ? answer : kept
}

async function part(request) {
  const parts = await caches.open(PARTS)
  const kept = await parts.match(request.url)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok && answer.status === 200) await parts.put(request.url, answer.clone())
  return answer
}

const picturesOf = async (page) => [...((await page?.text()) ?? "").matchAll(PICTURE)].map(([, address]) => address)

// The address of a picture is signed anew at each look; what stands before the first colon says which one it is.
const which = (address) => new URL(address, self.location).pathname.split(":")[0]

async function picture(request) {
  const pictures = await caches.open(PICTURES)
  const kept = await pictures.match(which(request.url))
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.status === 200) await pictures.put(which(request.url), answer.clone())
  return answer
}

// What a resident has photographed stays no longer than the page that shows it.
async function tidy() {
  const pages = await caches.open(PAGES)
  const shown = new Set()
  for (const request of await pages.keys()) {
    const kept = await pages.match(request)
    if (Date.now() - Number(kept?.headers.get("X-Kept-At") ?? 0) > KEPT) await pages.delete(request)
    else for (const address of await picturesOf(kept)) shown.add(which(address))
  }
  const pictures = await caches.open(PICTURES)
  for (const request of await pictures.keys()) if (!shown.has(which(request.url))) await pictures.delete(request)
}

self.addEventListener("fetch", (event) => {
  const { request } = event
  const address = new URL(request.url)
  if (request.method !== "GET" || address.origin !== self.location.origin || request.headers.has("range")) return
  if (request.mode === "navigate" && address.pathname.startsWith(HOME)) event.respondWith(page(event))
  else if (address.pathname.startsWith("/static/")) event.respondWith(part(request))
  else if (address.pathname.startsWith("/file/") && request.destination === "image") event.respondWith(picture(request))
})

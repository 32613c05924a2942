// Moving about a desk without leaving its page: a page that holds a telephone must not be loaded anew.
//
// The pages stay what they are, and the server knows nothing of it: what a link or a form answers is put into this page.
import { follow } from "./live.js";

const HOLDER = "#phone"
const root = () => location.pathname.split("/").slice(0, 2).join("/") + "/"
const moves = (address) => {
  const there = new URL(address, location.href)
  return Boolean(document.querySelector(HOLDER)) && there.origin === location.origin && there.pathname.startsWith(root())
}

let turn = 0

// Go to an address of this desk, or leave the page for any other.
export async function go(address, { push = true } = {}) {
  if (!moves(address)) return location.assign(address)
  return take(fetch(address, { headers: { Accept: "text/html" } }), { push, address })
}

// Send a form, and show what it answers. False when nobody has answered.
export async function send(form, submitter = null) {
  const data = new FormData(form, submitter)
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href
  const method = (submitter?.getAttribute("formmethod") ?? form.method).toLowerCase()
  const address = new URL(action, location.href)
  if (method === "get") {
    address.search = new URLSearchParams(data)
    return go(address.href)
  }
  const plain = [...data.values()].every((value) => typeof value === "string")
  return take(fetch(address, { method: "POST", body: plain ? new URLSearchParams(data) : data }), { push: true, address: location.href })
}

async function take(asked, { push, address }) {
  const mine = ++turn
  const answer = await asked.catch(() => null)
  if (!answer) return false
  // Signed out meanwhile, or sent to another desk.
  if (answer.redirected && !moves(answer.url)) return location.assign(answer.url)
  const html = await answer.text().catch(() => "")
  if (mine !== turn) return true
  show(new DOMParser().parseFromString(html, "text/html"), answer.redirected || answer.ok ? answer.url : address, { push })
  return true
}

// Put a page of this desk in the place of the one that is shown.
export function show(page, address, { push = true } = {}) {
  document.dispatchEvent(new Event("desk:leaves"))
  bring(page)
  document.title = page.title
  document.body.className = page.body.className
  for (const id of ["messages", "main"]) {
    const next = page.getElementById(id)
    if (next) document.getElementById(id).replaceWith(document.adoptNode(next))
  }
  for (const region of page.querySelectorAll("header [data-region]")) {
    document.querySelector(`header [data-region="${CSS.escape(region.dataset.region)}"]`)?.replaceWith(document.adoptNode(region))
  }
  if (push && address !== location.href) history.pushState({}, "", address)
  const { livePage, livePass, liveHere, liveSince } = page.body.dataset
  if (livePass) {
    document.body.dataset.liveSince = liveSince
    follow({ page: livePage, pass: livePass, here: liveHere })
  }
  document.dispatchEvent(new Event("desk:shown"))
}

// Styles and scripts that only the other page had; each is loaded once.
function bring(page) {
  const name = (element) => element.href || element.src
  const here = new Set([...document.querySelectorAll("link[rel=stylesheet], script[src]")].map(name))
  for (const found of page.querySelectorAll("link[rel=stylesheet], script[src]")) {
    const made = document.createElement(found.localName)
    for (const { name: attribute, value } of found.attributes) made.setAttribute(attribute, value)
    if (!here.has(name(made))) document.head.append(made)
    if (found.closest("main")) found.remove()
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]")
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  if (link.target || link.hasAttribute("download") || !moves(link.href) || link.getAttribute("href").startsWith("#")) return
  event.preventDefault()
  go(link.href)
})

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href
  if (event.defaultPrevented || form.method === "dialog" || !moves(action)) return
  event.preventDefault()
  send(form, submitter).then((sent) => sent || delete form.dataset.sent)
})

addEventListener("popstate", () => document.querySelector(HOLDER) && go(location.href, { push: false }))

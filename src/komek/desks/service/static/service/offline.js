// The page without a network: its worker is told what the page consists of, and keeps that.
// The page has changed: the kept one is fetched anew.
export async function keepPage(page) {
  const worker = (await navigator.serviceWorker?.getRegistration())?.active
  worker?.postMessage({ page, parts: [] })
}

export async function install(address, page) {
  if (!("serviceWorker" in navigator)) return
  try {
    await navigator.serviceWorker.register(address)
    const worker = (await navigator.serviceWorker.ready).active
    const parts = performance.getEntriesByType("resource").map((one) => one.name)
    const linked = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((one) => one.href || one.src)
    const own = [...new Set([...parts, ...linked])].filter((one) => one.startsWith(`${location.origin}/static/`))
    const heard = new MessageChannel()
    // From now on the page opens without a network.
    heard.port1.onmessage = () => { document.body.dataset.kept = "" }
    worker.postMessage({ page, parts: own.map((one) => one.split("#")[0]) }, [heard.port2])
  } catch (failure) {
    console.warn("offline", failure)
  }
}

// What this telephone keeps: actions in their order, files until they are sent, and the orders it was given.
const NAME = "komek-foreman"
let base

function opened() {
  base ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1)
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("actions", { keyPath: "id", autoIncrement: true })
      asked.result.createObjectStore("files", { keyPath: "key" })
      asked.result.createObjectStore("orders", { keyPath: "link" })
    }
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => failed(asked.error)
  })
  return base
}

// Strict: once this says done, the death of the browser takes nothing away.
async function within(store, mode, ask) {
  const work = (await opened()).transaction(store, mode, { durability: "strict" })
  const asked = ask(work.objectStore(store))
  return new Promise((done, failed) => {
    work.oncomplete = () => done(asked.result)
    work.onerror = work.onabort = () => failed(work.error)
  })
}

export const all = (store) => within(store, "readonly", (rows) => rows.getAll())
export const put = (store, row) => within(store, "readwrite", (rows) => rows.put(row))
// What was removed meanwhile stays removed.
export const change = (store, key, changed) => within(store, "readwrite", (rows) => {
  const kept = rows.get(key)
  kept.onsuccess = () => kept.result && rows.put({ ...kept.result, ...changed })
  return kept
})
export const drop = (store, key) => within(store, "readwrite", (rows) => rows.delete(key))
export const of = async (store, link) => (await all(store)).filter((row) => row.link === link)

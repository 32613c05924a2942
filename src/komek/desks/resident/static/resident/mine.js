// The numbers that were given to this device, for whoever holds it, until they say otherwise.
const MINE = "komek:mine"
const MOST = 5

export function mine() {
  try {
    return JSON.parse(localStorage.getItem(MINE) ?? "[]").filter((one) => /^\/status\/[\d-]+\/\w+\/$/.test(one.address))
  } catch {
    return []
  }
}

export function remember(address) {
  const kept = [{ address, at: Date.now() }, ...mine().filter((one) => one.address !== address)].slice(0, MOST)
  try {
    localStorage.setItem(MINE, JSON.stringify(kept))
  } catch {
    // The number stands on the next page as well.
  }
}

export function forgetAll() {
  localStorage.removeItem(MINE)
}

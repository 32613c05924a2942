// Who has answered which call, told to our own server: again and again while it is away, and also after a lost page.
import { go } from "../ui/moving.js";
import { post } from "../ui/phone/strip.js";
import { hand_on } from "./draft.js";

const KEPT = "calls:untold"
const AGAIN = 2000
const AWAY = [429, 500, 502, 503, 504]

const untold = () => JSON.parse(localStorage.getItem(KEPT) ?? "{}")
const keep = (all) => localStorage.setItem(KEPT, JSON.stringify(all))

// The contact of the call and where it is found; null when the server knows better.
export async function tell(address, told) {
  keep({ ...untold(), [address]: told })
  for (;;) {
    const answer = await post(address, told).catch(() => null)
    if (answer && !answer.redirected && !AWAY.includes(answer.status)) {
      const { [address]: _, ...rest } = untold()
      keep(rest)
      return answer.ok ? answer.json() : null
    }
    await new Promise((done) => setTimeout(done, AGAIN))
  }
}

// What an earlier page of this browser could not tell any more.
for (const [address, told] of Object.entries(untold())) {
  tell(address, told).then((found) => {
    if (!found) return
    hand_on(told.call, found.contact)
    go(found.address)
  })
}

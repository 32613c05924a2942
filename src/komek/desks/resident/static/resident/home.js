// Shows the numbers that this device was given.
import { forgetAll, mine } from "./mine.js";

const box = document.getElementById("mine")
for (const { address, at } of mine()) {
  const link = document.createElement("a")
  link.href = address
  const number = document.createElement("b")
  number.className = "mono"
  number.textContent = address.split("/")[2]
  const day = document.createElement("span")
  day.className = "muted sm"
  day.textContent = new Date(at).toLocaleDateString(document.documentElement.lang)
  link.append(number, day)
  const item = document.createElement("li")
  item.append(link)
  box.querySelector("ul").append(item)
  box.hidden = false
}
box.querySelector("ul").classList.add("links")
box.querySelector("button").addEventListener("click", () => {
  forgetAll()
  box.hidden = true
})

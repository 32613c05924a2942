// A photo as large as the screen; the arrows turn to the next one of the page.
const viewer = document.getElementById("viewer")
const image = viewer.querySelector("img")
const words = viewer.querySelector("figcaption")
let at = 0

const shots = () => [...document.querySelectorAll("[data-shot]")]

function show(place) {
  const all = shots()
  if (!all.length) return
  at = (place + all.length) % all.length
  const shot = all[at]
  image.src = shot.href
  image.alt = shot.querySelector("img").alt
  words.textContent = `${image.alt} · ${at + 1} / ${all.length}`
  if (!viewer.open) viewer.showModal()
}

// The newest photo of the work is what somebody wants to see close first.
export const look = () => show(shots().length - 1)

document.addEventListener("click", (event) => {
  const shot = event.target.closest("[data-shot]")
  if (shot && !event.ctrlKey && !event.metaKey) {
    event.preventDefault()
    show(shots().indexOf(shot))
  }
  const turn = event.target.closest("[data-turn]")
  if (turn) show(at + Number(turn.dataset.turn))
  if (event.target === viewer) viewer.close()
})
viewer.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") show(at - 1)
  if (event.key === "ArrowRight") show(at + 1)
  if (event.code === "KeyV") {
    // The key that closes it here opens it on the page.
    event.stopPropagation()
    viewer.close()
  }
})

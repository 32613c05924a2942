// Photos before they are sent: small enough for a bad network, looked at, taken back. Without this file the field is a field.
const LONGEST_SIDE = 1600
const QUALITY = 0.82
const SMALL = 350_000

// A phone's photo of five megabytes says nothing that three hundred kilobytes do not.
async function shrunk(file) {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type) || file.size < SMALL) return file
  const picture = await createImageBitmap(file).catch(() => null)
  if (!picture) return file
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
  const canvas = document.createElement("canvas")
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY))
  return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file
}

export function dress(form) {
  const input = form.querySelector("input[type=file]")
  const list = form.querySelector(".photos")
  const most = Number(form.dataset.most ?? 5)
  const note = document.createElement("p")
  note.className = "help"
  note.role = "status"
  list.after(note)
  let files = []

  function show() {
    const carried = new DataTransfer()
    for (const file of files) carried.items.add(file)
    input.files = carried.files
    for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src)
    list.replaceChildren(...files.map(item))
  }

  function item(file, place) {
    const line = document.createElement("li")
    if (file.type.startsWith("image/")) {
      const image = document.createElement("img")
      image.src = URL.createObjectURL(file)
      image.alt = file.name
      line.append(image)
    } else {
      const name = document.createElement("p")
      name.textContent = file.name
      line.append(name)
    }
    const remove = document.createElement("button")
    remove.type = "button"
    remove.textContent = "×"
    remove.ariaLabel = `${list.dataset.remove}: ${place + 1}`
    remove.addEventListener("click", () => {
      files = files.filter((one) => one !== file)
      note.textContent = ""
      show()
      input.focus()
    })
    line.append(remove)
    return line
  }

  input.closest(".photo").classList.add("dressed")
  input.classList.add("aloud")
  input.addEventListener("change", async () => {
    const chosen = [...input.files]
    const taken = chosen.slice(0, Math.max(0, most - files.length))
    note.textContent = taken.length < chosen.length ? list.dataset.tooMany : ""
    const added = await Promise.all(taken.map(shrunk))
    files = [...files, ...added]
    show()
  })
}

for (const form of document.querySelectorAll("form[data-photos]")) dress(form)

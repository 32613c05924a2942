// What was sent has arrived: its draft is not needed any more.
if (sessionStorage.getItem("komek:sent")) {
  sessionStorage.removeItem("komek:sent")
  sessionStorage.removeItem("komek:write")
}

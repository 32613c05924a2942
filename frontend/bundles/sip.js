// SIP over WebSocket, as one module that the telephone of the shared look loads when somebody goes to the line.
import { UA, WebSocketInterface, debug } from "jssip"

debug.disable("JsSIP:*")

export { UA, WebSocketInterface }

// Whoever has asked to be in a call is in it as soon as their telephone rings.
import { phone } from "../ui/phone/strip.js";

phone.addEventListener("ringing", ({ detail: call }) => call.told.join && phone.accept())

"""Those who play: each hears what a person of that kind would see, and plans what that person would do."""

from komek.desks.console.demo.actors.controllers import Controllers
from komek.desks.console.demo.actors.dispatchers import Dispatchers
from komek.desks.console.demo.actors.messages import Messages
from komek.desks.console.demo.actors.operators import Operators
from komek.desks.console.demo.actors.residents import Residents
from komek.desks.console.demo.actors.time import Time

__all__ = ["Controllers", "Dispatchers", "Messages", "Operators", "Residents", "Time"]

"""The one way Komek says no: a named refusal that a person can read in their own language."""


class Refusal(Exception):
    """A rule said no.

    `text` is the English message id with `%(name)s` parameters; the desks translate it and fill it in.
    """

    def __init__(self, code: str, text: str, **params: object) -> None:
        super().__init__(text % params if params else text)
        self.code = code
        self.text = text
        self.params = params

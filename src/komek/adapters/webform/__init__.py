"""The web form: residents write on a page, and read our answers on the status page of their number."""

"""The shared look: tokens, components, the live client. It knows no room."""

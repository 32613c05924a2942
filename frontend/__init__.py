"""Third-party files of the browser: brought by their lock, bundled into a folder that Django serves, never committed.

`python -m frontend` does what is not done yet; `python -m frontend lock` writes package-lock.json anew after a change of
package.json. The lock names versions and hashes, no addresses: whoever sets up uses the registry of their own machine.
"""

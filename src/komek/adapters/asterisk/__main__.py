"""`make pbx`: put an Asterisk into a folder, unless there is one, and have its sentences spoken."""

import sys

from komek.adapters.asterisk import binaries, prompts


def main() -> int:
    """Fetch and speak; what cannot be had is said in a sentence."""
    folder = binaries.place()
    try:
        found = binaries.fetch(folder)
        made = prompts.speak(binaries.voice(folder), binaries.speaker(folder))
    except binaries.CannotHave as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"Asterisk {found.version} is in {folder}; {made} sentences were spoken anew.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

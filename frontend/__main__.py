"""`python -m frontend`: bring and bundle; `python -m frontend lock`: write the lock anew."""

import sys

from frontend.building import NotBuilt, build, lock


def main(words: list[str]) -> int:
    """Do one of the two, and tell a failure in a sentence."""
    try:
        print(lock() if words == ["lock"] else build())
    except NotBuilt as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

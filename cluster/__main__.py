"""`python -m cluster`: the whole proof, or some of its cases."""

import argparse
import shutil
import sys
import time
from pathlib import Path

from cluster import hosts
from cluster.city import City
from cluster.databases import missing_programs
from cluster.proof import CASES, Proof

IMPOSSIBLE = 77


def main() -> int:
    """Prove it; 1 when something is wrong, 77 when this machine cannot hold test hosts."""
    parser = argparse.ArgumentParser("cluster", description="Komek on test hosts, with faults.")
    parser.add_argument("--cases", default=",".join(CASES), help="some of " + ", ".join(CASES))
    parser.add_argument("--rate", type=float, default=20, help="registrations a second (20)")
    parser.add_argument("--brief", action="store_true", help="wait for nothing that the cases do not need")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "out", help="where the figures are written")
    parser.add_argument("--keep", action="store_true", help="leave the hosts' folders and logs")
    told = parser.parse_args()
    cases = told.cases.split(",")
    if unknown := set(cases) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    if why := hosts.why_not() or ", ".join(missing_programs()):
        print(f"No test hosts here: {why}.", file=sys.stderr)
        print("As root on Debian: apt-get install patroni etcd-server haproxy postgresql iproute2", file=sys.stderr)
        return IMPOSSIBLE
    hosts.go_inside("cluster", sys.argv[1:])
    folder = hosts.folder()
    city = City(folder)
    began = time.monotonic()
    try:
        faults = Proof(
            city, rate=told.rate, brief=told.brief, out=told.out, say=lambda text: print(text, flush=True)
        ).run(cases)
    except BaseException:
        print(f"The logs are in {folder}.", file=sys.stderr)
        raise
    city.close()
    print(f"\n{time.monotonic() - began:.0f} s; {len(faults)} faults.")
    if told.keep or faults:
        print(f"The logs are in {folder}.")
    else:
        shutil.rmtree(folder)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.faults --kills 200 --seed 1 [--database sqlite]`: the long run; exits 1 if anything was lost."""

import argparse
import signal
import sys

from tests.faults.harness import APPLICATION, run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--officers", type=int, default=8)
    parser.add_argument("--application", default=APPLICATION, help="another server, such as tests.faults.broken")
    # Told to end, it ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = parser.parse_args()
    figures = run(chosen.kills, chosen.seed, chosen.database, chosen.officers, chosen.application)
    print(figures.table())
    for problem in figures.problems:
        print(f"WRONG: {problem}")
    return 0 if figures.is_good else 1


if __name__ == "__main__":
    sys.exit(main())

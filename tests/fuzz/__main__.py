import sys

from tests.fuzz.long import main

if __name__ == "__main__":
    sys.exit(main())

"""`make bench`: what the product costs, beside what it could cost at best, on this machine and in one run."""

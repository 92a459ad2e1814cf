"""`python -m bench` is what `make bench` calls."""

from bench.run import main

main()

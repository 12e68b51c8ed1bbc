"""`python -m openended`: the command line, where the script `openended` is not on the path."""

from openended.cli import main

if __name__ == "__main__":
    main()

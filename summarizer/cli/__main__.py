"""`python -m summarizer.cli`, which needs no installed command."""

from summarizer.cli import main

main()

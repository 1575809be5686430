"""Print recall / precision on a labelled set: `python -m summarizer.redaction --labelled FILE`."""

import argparse
from pathlib import Path

from summarizer.redaction.labelled import measure, table

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m summarizer.redaction", description=__doc__)
    parser.add_argument("--labelled", type=Path, required=True)
    score, wrong = measure(parser.parse_args().labelled)
    print(table(score))
    print("lines with a mistake:", *wrong)

"""A published checkpoint from the model hub into a directory, once; serving never asks the hub.

    python -m summarizer.engine.hub bigscience/bloom-560m --revision REVISION --to DIRECTORY

Only what the engine reads is fetched: configuration, tokenizer and safetensors, never a pickle.
"""

import argparse
import sys
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

from summarizer.engine.checkpoint import Weights, read_config
from summarizer.engine.files import CONFIG, INDEX, TOKENIZER, model_version
from summarizer.engine.generator import read_tokenizer
from summarizer.errors import ModelFailure, UnusableCheckpoint

FILES = [CONFIG, TOKENIZER, INDEX, "*.safetensors"]


def fetch(repository: str, *, revision: str, directory: Path, endpoint: str | None = None) -> str:
    """The model version now in the directory, read through once and checked; raises UnusableCheckpoint.

    `endpoint` is the address of a mirror. A fetch that broke off goes on where it was.
    """
    try:
        snapshot_download(
            repository, revision=revision, local_dir=directory, allow_patterns=FILES, endpoint=endpoint, max_workers=2
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise UnusableCheckpoint(f"{repository} at {revision} could not be fetched: {error}") from error
    config = read_config(directory)
    weights = Weights(directory, config=config)
    for name in weights.names:
        weights.read(name)
    read_tokenizer(directory, config=config)
    return model_version(directory)


def main() -> int:
    """Exit status 0 with the model version, 2 if there is no usable checkpoint."""
    parser = argparse.ArgumentParser(
        prog="python -m summarizer.engine.hub",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("repository", help="as `bigscience/bloom-560m`")
    parser.add_argument("--revision", default="main", help="a commit, so that the same weights come again")
    parser.add_argument("--to", type=Path, required=True, help="the directory")
    args = parser.parse_args()
    try:
        version = fetch(args.repository, revision=args.revision, directory=args.to)
    except ModelFailure as error:
        print(error, file=sys.stderr)
        return 2
    print(f"MODEL_DIR={args.to}  # version {version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

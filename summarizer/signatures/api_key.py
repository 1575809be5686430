"""`x-api-key`: a secret of ours that a forwarder sends with each event, for buses that sign nothing.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-auth.html
"""

from collections.abc import Mapping, Sequence

from summarizer.errors import SignatureMissing
from summarizer.signatures.matching import require_one_of

HEADER = "x-api-key"


def check(headers: Mapping[str, str], *, secrets: Sequence[str]) -> None:
    """Raises SignatureMissing or SignatureRefused when none of the secrets was sent."""
    given = headers.get(HEADER)
    if not given:
        raise SignatureMissing(f"the header {HEADER} is needed")
    require_one_of(given, secrets)

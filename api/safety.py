"""The headers by which a browser that meets an answer of ours does nothing with it but show it."""

import base64
import hashlib
import re
from collections.abc import Mapping

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",  # answers are somebody's data
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def headers_of_page(page: str, *, sources: str) -> dict[str, str]:
    """For a page that runs its own scripts as they stand, takes others from `sources`, and asks only us."""
    digests = [hashlib.sha256(script.encode()).digest() for script in _SCRIPT.findall(page)]
    own = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    policy = (
        f"default-src 'none'; script-src {sources} {own}; style-src {sources} 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return {**HEADERS, "Content-Security-Policy": policy}

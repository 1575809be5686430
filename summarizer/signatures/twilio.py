"""`X-Twilio-Signature`: HMAC-SHA1 of the public address and the sorted form; of a JSON body its hash is in the address.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

from summarizer.errors import SignatureMissing, SignatureRefused
from summarizer.signatures.matching import require_one_of

HEADER = "x-twilio-signature"
FORM = "application/x-www-form-urlencoded"


def check(raw: bytes, headers: Mapping[str, str], *, url: str, media_type: str, secrets: Sequence[str]) -> str:
    """An id for this delivery, when one of the auth tokens signed it; `url` is the address that Twilio was given.

    Twilio signs no delivery id and no time (its idempotency token stands outside the signature): the same event has the
    same bytes, so their hash tells repetitions.
    """
    signature = headers.get(HEADER)
    if not signature:
        raise SignatureMissing(f"the header {HEADER} is needed")
    form = parse_qsl(raw.decode("utf-8", errors="replace"), keep_blank_values=True) if media_type == FORM else []
    if media_type != FORM and not _is_hash_of(raw, url):
        raise SignatureRefused("the address does not hold the body's hash")
    try:
        spellings = list(_spellings(url))
    except ValueError:  # a port that is none, in the address or the Host header
        raise SignatureRefused("the address is none") from None
    require_one_of(signature, {sign(each, form, secret=secret) for secret in secrets for each in spellings})
    return hashlib.sha256(raw).hexdigest()


def sign(url: str, form: Sequence[tuple[str, str]], *, secret: str) -> str:
    """The signature of an address and a form: names sorted, the values of each sorted and each once."""
    values: dict[str, set[str]] = {}
    for name, value in form:
        values.setdefault(name, set()).add(value)
    signed = url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))
    return base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def _is_hash_of(raw: bytes, url: str) -> bool:
    (given, *_) = parse_qs(url.partition("?")[2]).get("bodySHA256", [""])
    return hmac.compare_digest(given.lower().encode(), hashlib.sha256(raw).hexdigest().encode())


def _spellings(url: str) -> Iterator[str]:
    """The address as given, and with or without the port that its scheme implies: Twilio signs either."""
    yield url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    port = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    if parts.port is None:
        yield urlunsplit(parts._replace(netloc=host + port))
    else:
        yield urlunsplit(parts._replace(netloc=host.rpartition(":")[0]))

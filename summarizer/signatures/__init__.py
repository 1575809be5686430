"""Who sent this? Each platform's signature, checked on the raw body in constant time before anything is parsed.

    standard   Standard Webhooks 1.0.0, which ours are signed by as well
    twilio     HMAC-SHA1 over the public address and the form, or the address with the body's hash in it
    genesys    Open Messaging, and forwarders of its event bus that sign in the same way
    zoom       HMAC-SHA256 with a time, and its challenge to prove an address
    api_key    a secret of ours, sent as it is by forwarders of buses that sign nothing
    sns        Amazon SNS: an RSA signature by a certificate of Amazon's own host

Every check returns the id by which a second delivery of the same event is known, and raises SignatureMissing,
SignatureExpired or SignatureRefused.
"""

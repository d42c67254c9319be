"""Twilio's webhook signature, from the sender's side.

Source: Twilio's public page on webhook security: HMAC-SHA1 over the URL followed by each form field's name and value in
order of name, Base64. The receiving side uses Twilio's own validator, so the two check each other.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping


def sign(url: str, params: Mapping[str, str], token: str) -> str:
    """The X-Twilio-Signature for a form posted to `url` (without fragment)."""
    text = url + "".join(name + params[name] for name in sorted(params))
    return b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode("ascii")

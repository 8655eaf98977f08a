"""What every answer of the order page says to browsers, and to nobody else."""

from collections.abc import Mapping

_POLICY = {
    "default-src": "'none'",
    "img-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_SAFE = {
    "Content-Security-Policy": "; ".join(
        f"{name} {value}" for name, value in _POLICY.items()
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

PRIVATE: Mapping[str, str] = {**_SAFE, "Cache-Control": "private, no-store"}
"""Of what tells of an order: kept by nobody, found by nobody, framed by nobody."""

LASTING: Mapping[str, str] = {
    **_SAFE,
    "Cache-Control": "public, max-age=31536000, immutable",
}
"""Of what never changes under its name."""

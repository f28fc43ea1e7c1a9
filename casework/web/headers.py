"""The headers of every answer: nothing loads from elsewhere, nothing stays on the phone."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action {forms}; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
KEPT = frozenset({200, 206, 304})
FOR_A_YEAR = "public, max-age=31536000, immutable"


def policy(exit_url: str = "") -> str:
    """The policy of every page. Where quick exit leads to another site, forms may: Chromium stops
    a form, without a word, when its answer leads to a site that the policy does not name."""
    place = urlsplit(exit_url)
    other = f" {place.scheme}://{place.netloc}" if place.netloc else ""
    return CONTENT_SECURITY_POLICY.format(forms=f"'self'{other}")


FIXED = {
    "Content-Security-Policy": policy(),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def register(app: Flask, exit_url: str = "") -> None:
    """Every answer carries the fixed headers; only static files that exist may be kept."""
    fixed = FIXED | {"Content-Security-Policy": policy(exit_url)}

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(fixed)
        kept = request.endpoint == "static" and response.status_code in KEPT
        response.headers["Cache-Control"] = FOR_A_YEAR if kept else "no-store"
        return response

"""The client every test uses: an answer that breaks a rule of the house fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support import html_rules
from tests.support.pages import Page, Values


class StrictClient(FlaskClient):
    """A browser that looks at every answer; `arranged` is committed before each request."""

    arranged: Session | None = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """The answer to one request; fails where it breaks a rule, whatever its status."""
        if self.arranged is not None:
            self.arranged.commit()
        response = super().open(*args, **kwargs)
        found = faults(response)
        assert not found, f"{response.request.path} answers {response.status}: {found}"
        return response

    def page(self, address: str, **kwargs: Any) -> Page:
        """The page at the address, as a GET answers it with 200, redirects followed."""
        response = self.get(address, follow_redirects=True, **kwargs)
        assert response.status_code == 200, f"{address} answers {response.status}"
        return Page.of(response)

    def submit(self, page: Page, action: str | None = None, /, **values: Values) -> Page:
        """The page she sees after sending a form of `page`: every field as it stands there,
        but for the `values`; `action` tells one of several forms by a part of its address."""
        response = self.send(page, action, follow_redirects=True, **values)
        assert response.status_code == 200, f"{response.request.path} answers {response.status}"
        return Page.of(response)

    def send(
        self,
        page: Page,
        action: str | None = None,
        *,
        follow_redirects: bool = False,
        **values: Values,
    ) -> TestResponse:
        """The bare answer to a form of `page`, filled in as for `submit`."""
        form = page.form(action)
        form.fill(values)
        place = "query_string" if form.method == "GET" else "data"
        return self.open(
            form.action,
            method=form.method,
            follow_redirects=follow_redirects,
            **{place: form.values},
        )


def faults(response: TestResponse) -> list[str]:
    """What is wrong with an answer, one sentence a fault; empty when all is well."""
    if response.mimetype != "text/html" or not response.get_data():
        return []
    moved = 300 <= response.status_code < 400
    page = [] if moved else html_rules.faults(response.get_data(as_text=True))
    return [*page, *_header_faults(response)]


def _header_faults(response: TestResponse) -> Iterator[str]:
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield "the Content-Security-Policy is missing or weak"
    if "no-store" not in response.headers.get("Cache-Control", ""):
        yield "the browser may keep the page: Cache-Control must say no-store"
    if response.request.method not in {"GET", "HEAD"} and response.status_code < 300:
        yield "a POST is answered with a page: redirect instead, errors included"

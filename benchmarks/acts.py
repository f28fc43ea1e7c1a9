"""The acts that are measured, each as one call that leaves nothing behind for the next."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from benchmarks.ground import Ground
from casework import clock
from casework.cases.listing import Filter, list_cases
from casework.referrals.actions import Act, move
from casework.referrals.deadlines import Urgency
from casework.referrals.drafting import Wish, draft_referral
from casework.referrals.rotation import rotate_team
from casework.referrals.workflow import Move
from tests.support.cast import HEALTH, Person

Call = Callable[[], Any]
HOST = "https://localhost"


def request(
    ground: Ground, method: str, path: str, cookie: str = "", form: dict[str, str] | None = None
) -> Call:
    """One request as the server hears it; the call fails unless it is answered as it should."""
    body = urlencode(form or {}).encode()
    expected = "303" if method == "POST" else "200"

    def call() -> bytes:
        answered: list[str] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": cookie,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "https",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.version": (1, 0),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        answer = ground.app(environ, lambda status, *_: answered.append(status))  # type: ignore[arg-type]
        page = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if not answered[0].startswith(expected):
            raise AssertionError(f"{path} answers {answered[0]}")
        return page

    return call


def open_case(ground: Ground) -> Call:
    """The page of a case."""
    return request(ground, "GET", f"/cases/{ground.case_id}", ground.cookie(ground.worker))


def list_page(ground: Ground) -> Call:
    """The page of the list: twenty cases."""
    return request(ground, "GET", "/cases", ground.cookie(ground.worker))


def list_of_fifty(ground: Ground) -> Call:
    """Fifty cases of the list, opened."""
    worker = ground.worker

    def call() -> int:
        with ground.session() as session:
            rows, _ = list_cases(session, worker.actor, worker.keyring, Filter(), limit=50)
            return len(rows)

    return call


def refer(ground: Ground) -> Call:
    """A referral written, its grant sealed and signed, and sent; taken back afterwards."""
    worker, provider = ground.worker, ground.cast.provider(HEALTH)
    wish = Wish(provider, "sante", Urgency.URGENT, "electronic", sections=("identity", "health"))

    def call() -> None:
        by = (worker.actor, worker.keyring)
        with ground.session() as session:
            row = draft_referral(session, *by, ground.case_id, wish)
            move(session, *by, row.id, Move.SEND, Act(clock.today()))
            session.flush()

    return call


def rotate(ground: Ground, person: Person) -> Call:
    """The person's team has new keys, without the commit."""
    own, team_id = ground.app.extensions["settings"], person.actor.memberships[0].team_id

    def call() -> None:
        with ground.session() as session:
            by = (session, person.actor, person.keyring, team_id)
            rotate_team(*by, own.server_key, None)

    return call


def sign_in(ground: Ground, person: Person) -> Call:
    """Signing in with the six words."""
    form = {"handle": person.handle, "passphrase": person.words}
    return request(ground, "POST", "/sign-in", form=form)

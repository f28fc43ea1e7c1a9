"""How the application is served: threads behind two processes, nothing written about requests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from casework.audit import pace
from casework.db import db

_host = os.environ.get("HOST") or "127.0.0.1"
_asked = os.environ.get("PORT") or "8000"
_port = _asked if _asked.isdecimal() else "8000"  # the application refuses a word, and says why
_memory = Path("/dev/shm")  # noqa: S108 - the workers' heartbeat must not wait for a disk

bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True  # the boot key is made once, in the master, and inherited by every worker
timeout = 60
graceful_timeout = 30
umask = 0o077
accesslog = None
errorlog = "-"
loglevel = "warning"
capture_output = False
control_socket_disable = True
worker_tmp_dir = str(_memory) if _memory.is_dir() else None


def post_fork(server: Any, _worker: Any) -> None:
    """A worker never uses a connection that its master opened; a thread of it puts the log in
    order."""
    with server.app.wsgi().app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)
        pace.begin(db.engine)


def when_ready(_server: Any) -> None:
    """Says, once the address really answers, where it is."""
    print(f"\nCasework answers at http://{bind} (Ctrl+C stops it).", flush=True)  # noqa: T201

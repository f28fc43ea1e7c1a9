"""What was unusual, said as a question to ask: what was seen, and why it may be quite all right."""

from __future__ import annotations

from typing import Any

from casework.admin.unusual import Finding, Limits
from casework.i18n import lazy_gettext as _l

SENTENCES: dict[str, tuple[Any, Any]] = {
    "many": (
        _l("opened %(count)s files in one hour; usually it is %(limit)s at most."),
        _l("Perhaps she caught up on a week of notes. Ask her what the files were needed for."),
    ),
    "searches": (
        _l("searched %(count)s times in one hour; usually it is %(limit)s times at most."),
        _l("Perhaps a name has many spellings. Ask her whom she was looking for, and why."),
    ),
    "refused": (
        _l("was refused %(count)s times in one hour; usually it is %(limit)s times at most."),
        _l("Perhaps she opened old links. Ask her what she wanted to open."),
    ),
    "others": (
        _l("opened %(count)s files of colleagues in one day; usually it is %(limit)s at most."),
        _l("Perhaps she stood in for somebody. Ask her coordinator."),
    ),
    "night": (
        _l("opened files at night: %(count)s."),
        _l("Perhaps there was an emergency. Ask her whether it was she herself."),
    ),
    "ended": (
        _l("opened a file that had been given to somebody else before; times: %(count)s."),
        _l("Perhaps she handed it over that day. Ask her and her coordinator."),
    ),
    "warned": (
        _l("was warned at sign-in that the log is not the one her device had seen."),
        _l("Was a backup put back that day? If nobody knows of one, compare kept checkpoints now."),
    ),
}
LIMITS = {"many": "cases", "searches": "searches", "refused": "refusals", "others": "others"}


def said(finding: Finding, limits: Limits) -> tuple[str, str]:
    """What was seen, and what to ask."""
    what, question = SENTENCES[finding.rule]
    limit = getattr(limits, LIMITS.get(finding.rule, ""), "")
    return str(what) % {"count": finding.count, "limit": limit}, str(question)

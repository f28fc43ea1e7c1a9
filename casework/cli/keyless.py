"""The keyless jobs: what must happen without anybody signed in, each once in its slot of time.

A timer runs `flask --app casework jobs run` every minute. Claim and work share one transaction: of
several processes one does the work, and what fails is free to be tried again a minute later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.boxes import compare_boxes
from casework.audit.log import record
from casework.audit.proofs import issue_checkpoint
from casework.audit.sequencer import sequence_all
from casework.cli import backups
from casework.cli.boxes import stored_boxes
from casework.cli.models import JobClaim
from casework.facts.actions import shuffle_facts
from casework.people.rotation import forget_old_seeds
from casework.people.sessions import expire_sessions
from casework.referrals.chores import expire_grants
from casework.rights import queries as ends
from casework.rights import retention
from casework.web.models import HeldForm
from config import Settings

NIGHT = 2
"""The hour of the programme's clock from which nightly jobs run."""
AFTER_THE_NIGHT = 3
"""The hour from which what the nightly jobs left is backed up."""
CLAIMS_KEPT = timedelta(days=7)

Work = Callable[[Session, Settings], int]
Slot = Callable[[datetime], str | None]


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its name, the slot a moment belongs to, its work, and what follows its commit.

    The work answers a count; where `alarm` is set, any count but 0 is one, and these words say it.
    """

    name: str
    slot: Slot
    work: Work
    afterwards: Callable[[Session], None] | None = None
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one job."""

    name: str
    said: str
    well: bool = True


def every_minute(moment: datetime) -> str:
    """The slot of a job that runs each minute."""
    return f"{moment:%Y-%m-%dT%H:%M}"


def every_hour(moment: datetime) -> str:
    """The slot of a job that runs each hour."""
    return f"{moment:%Y-%m-%dT%H}"


def every_night(moment: datetime) -> str | None:
    """The slot of a job that runs once a night, None before the night hour."""
    local = clock.local(moment)
    return f"{local:%Y-%m-%d}" if local.hour >= NIGHT else None


def late_at_night(moment: datetime) -> str | None:
    """The slot of the job that comes after the nightly ones."""
    return every_night(moment - timedelta(hours=AFTER_THE_NIGHT - NIGHT))


def sessions(session: Session, own: Settings) -> int:
    """Idle sessions have lost their keys; returns how many."""
    return expire_sessions(session, own.idle, own.session_length)


def grants(session: Session, _own: Settings) -> int:
    """Grants whose consent is over open nothing any more; returns how many (at most 500)."""
    return expire_grants(session)


def order_log(session: Session, _own: Settings) -> int:
    """Every entry has its place in the log; returns how many there are."""
    return sequence_all(session)


def checkpoint(session: Session, own: Settings) -> int:
    """The log's present state is signed; returns 1."""
    issue_checkpoint(session, own.log_name, own.log_key)
    return 1


def shuffle(session: Session, _own: Settings) -> int:
    """The order in which facts are stored tells nothing any more; returns how many there are."""
    return shuffle_facts(session)


def close_quarters(session: Session, _own: Settings) -> int:
    """Every quarter whose delay is over stands closed for ever; returns how many were."""
    from casework.statistics.actions import close_due

    return close_due(session)


def count_over(session: Session, own: Settings) -> int:
    """How many closed files may have reached the end of their time; nothing is destroyed without a
    coordinator."""
    months = {**retention.PROPOSED, **own.retention}
    return sum(one.over for one in ends.dry_run(session, months))


def check_boxes(session: Session, _own: Settings) -> int:
    """A rolled-back box stands in the log as a failed check; returns how many boxes are wrong."""
    sequence_all(session)
    wrong = sum(1 for _mismatch in compare_boxes(session, stored_boxes(session)))
    if wrong:
        record(session, "check.failed", actor=None, check="boxes")
    return wrong


def forget(session: Session, _own: Settings) -> int:
    """Held forms that are over, old claims and seeds of long retired keys are gone; returns how
    many rows."""
    now = clock.now()
    gone = [
        session.execute(delete(HeldForm).where(HeldForm.expires_at < now)),
        session.execute(delete(JobClaim).where(JobClaim.claimed_at < now - CLAIMS_KEPT)),
    ]
    seeds = forget_old_seeds(session)
    return seeds + sum(int(getattr(result, "rowcount", 0)) for result in gone)


def back_up(session: Session, own: Settings) -> int:
    """Both halves of a backup stand in the configured folder; returns how many archives.

    Nobody waits meanwhile: the claim is committed before, and taken back when it fails.
    """
    if own.backup_folder is None:
        return 0
    session.commit()
    try:
        public = backups.public_key(own.instance)
        made = backups.back_up(session, session.get_bind().engine, public, own.backup_folder)
    except Exception:
        session.rollback()
        session.execute(delete(JobClaim).where(JobClaim.name == "back-up"))
        session.commit()
        raise
    return len(made)


def leave_no_trace(session: Session) -> None:
    """SQLite keeps no freed page and no write-ahead log of the order before the shuffle."""
    engine = session.get_bind().engine
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM")
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


JOBS = (
    Job("expire-sessions", every_minute, sessions),
    Job("expire-grants", every_minute, grants),
    Job("order-log", every_minute, order_log),
    Job("sign-checkpoint", every_hour, checkpoint),
    Job("forget", every_hour, forget),
    Job("shuffle-facts", every_night, shuffle, leave_no_trace),
    Job("close-quarters", every_night, close_quarters),
    Job("count-over", every_night, count_over),
    Job("check-boxes", every_night, check_boxes, alarm="differ from the log: run `audit verify`"),
    Job("back-up", late_at_night, back_up),
)


def run_due(session: Session, own: Settings, jobs: tuple[Job, ...] = JOBS) -> Iterator[Result]:
    """Each job that was due now and free, with what came of it."""
    for job in jobs:
        slot = job.slot(clock.now())
        if slot is None:
            continue
        try:
            if claim(session, job.name, slot):
                yield done(session, own, job)
        except Exception as error:  # noqa: BLE001 - the next job must run whatever happened
            session.rollback()
            yield Result(job.name, f"failed ({type(error).__name__})", well=False)


def claim(session: Session, name: str, slot: str) -> bool:
    """True when this transaction may do the job in this slot; False when another does or did."""
    session.add(JobClaim(name=name, slot=slot, claimed_at=clock.now()))
    try:
        session.flush()
    except (IntegrityError, OperationalError):
        session.rollback()
        return False
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = 0"))
    return True


def done(session: Session, own: Settings, job: Job) -> Result:
    """The work is done and committed together with its claim."""
    count = job.work(session, own)
    session.commit()
    if job.afterwards:
        job.afterwards(session)
    alarmed = bool(job.alarm and count)
    return Result(job.name, f"{count} {job.alarm}" if alarmed else str(count), well=not alarmed)

"""Every fault of the list: what causes it here, where else it is held, or why one machine does not have it."""

from dataclasses import dataclass

from tests.faults import brokers, databases, models, network, processes
from tests.faults.harness import Fault

FAULTS = (
    Fault("F1", "kill -9 of the worker", processes.worker_killed),
    Fault("F3", "SIGTERM of the worker, four times", processes.worker_replaced),
    Fault("F4", "worker stopped for three leases", processes.worker_stopped),
    Fault("F5", "kill -9 of the API, five times", processes.api_killed),
    Fault("F6", "killed between commit and answer", processes.answers_lost),
    Fault("F7", "killed between commit and bell", processes.killed_before_the_bell),
    Fault("F8", "queue restarted without its data", brokers.restarted_empty),
    Fault("F9", "FLUSHALL, bindings deleted", brokers.flushed),
    Fault("F10", "queue connections reset, 20 times", brokers.connections_reset),
    Fault("F11", "queue unreachable, 30 s", brokers.unreachable),
    Fault("F11b", "queue silent, 30 s", brokers.silent),
    Fault("F12", "queue full", brokers.full),
    Fault("F13", "Postgres restarted", databases.restarted),
    Fault("F13b", "Postgres crashed", databases.crashed),
    Fault("F14", "cut inside transactions, 15 times", databases.cut_in_transactions),
    Fault("F15", "a replica takes the primary's place", databases.failed_over, at=0.0),
    Fault("F15b", "Postgres read-only", databases.read_only),
    Fault("F16", "Postgres slow, connections run out", databases.slow),
    Fault("F17", "disk of servers and logs full", databases.full_disk, needs_small_disk=True),
    Fault("F21", "a call that crashes the process", processes.poisoned, expected_failed=1),
    Fault("F22", "a call at which the model hangs", processes.hanging, expected_failed=1),
    Fault("F26", "another champion each second", models.swapped),
    Fault("F31", "sweeper killed, then two", processes.beat_lost),
    Fault("F37", "rollback without the queue", models.rolled_back),
    Fault("F38", "promotion killed, six times", models.promotion_killed),
    Fault("F40", "pieces of one byte", network.in_pieces),
    Fault("F40b", "200 ms away", network.far_away),
    Fault("F41", "restored from a backup", databases.restored, at=0.5),
    Fault("F43", "nobody reads the logs", processes.deaf_log),
    Fault("mix", "any process killed, ten times", processes.killed_at_random),
)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A fault of the list that this harness does not cause."""

    id: str
    title: str
    where: str  #: which tests hold it, or why it cannot be had


ELSEWHERE = (
    Elsewhere("F2", "kill -9 of the child process", "a worker is one process with threads: F1"),
    Elsewhere("F18", "model or log disk full", "logs: F17; a training's checkpoint: tests/training/test_checkpoint.py"),
    Elsewhere("F19", "webhook 10 times, 20 in parallel", "tests/api/test_platforms.py, tests/api/test_webhooks.py"),
    Elsewhere("F20", "webhooks in any order", "python -m tests.shuffles, tests/summarizer/test_accept.py"),
    Elsewhere("F23", "out of memory in a batch", "tests/summarizer/engine/test_trouble.py"),
    Elsewhere("F24", "killed by the host for memory", "the kernel sends the SIGKILL of F1"),
    Elsewhere("F25", "device error that stays", "injected in tests/summarizer/engine/test_trouble.py; no GPU here"),
    Elsewhere("F27", "corrupt checkpoints", "tests/workers/test_following.py, tests/summarizer/test_promotion.py"),
    Elsewhere("F28", "clocks that differ", "all times are Postgres': tests/summarizer/test_jobs.py; no faketime here"),
    Elsewhere("F29", "receivers that fail", "python -m tests.receiving, tests/summarizer/test_delivering.py"),
    Elsewhere("F30", "callbacks led inside", "tests/summarizer/test_outbound.py"),
    Elsewhere("F32", "two beats, a missed night", "tests/workers/test_beat.py, tests/summarizer/test_nightly.py"),
    Elsewhere("F33", "migration on the live system", "tests/summarizer/store/test_migrations.py; not under load"),
    Elsewhere("F34", "training killed", "tests/training/test_killed.py"),
    Elsewhere("F35", "two trainings at once", "tests/summarizer/test_nightly.py"),
    Elsewhere("F36", "a worse or leaking challenger", "tests/training/test_promote.py, tests/training/test_trust.py"),
    Elsewhere("F39", "one tenant floods", "python -m tests.flooding, tests/api/test_rates.py"),
    Elsewhere("F42", "erased while it is summarized", "tests/summarizer/test_erasing.py"),
    Elsewhere("F44", "retention", "tests/summarizer/test_retention.py"),
)

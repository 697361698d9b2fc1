"""A worker with a planted fault: what died on the wire is sent again without looking."""

import sys

from celery.bin.celery import main

from inbox.outbound import reconcile


def work() -> None:
    """Be a worker. Leave with a sentence if the fault cannot be planted."""
    honest = reconcile.ABANDONED
    faulty = honest.replace("ELSE 'unknown'", "ELSE 'queued'").replace("ELSE %(look_after)s", "ELSE interval '0'")
    if faulty == honest:
        sys.exit("The statement has changed, and the fault cannot be planted in it any more.")
    reconcile.ABANDONED = faulty
    sys.argv = ["celery", "-A", "config", "worker", "--without-gossip", "--without-mingle", "--pool", "threads"]
    main()

"""What a supervisor of servers asks: is the process alive, and may it get requests."""

import shutil

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

ROOM = 200 * 2**20  # bytes; with less a mail might not be kept


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nobody else: a database that is away is no reason to kill it."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """Whether pages can be answered: database, its tables, and room on the disk. 503 with the reason if not.

    Redis and the providers are not asked: without them mail is late, and nothing is lost.
    """
    problem = _problem()
    return JsonResponse({"ready": not problem, "problem": problem}, status=503 if problem else 200)


def _problem() -> str:
    try:
        if not _has_its_tables():
            return "the database waits for manage.py migrate"
    except DatabaseError:
        return "the database does not answer"
    if shutil.disk_usage(settings.BLOBS if settings.BLOBS.exists() else settings.BASE).free < ROOM:
        return "the disk for mails and files is almost full"
    return ""


def _has_its_tables() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if cache.get("tables-are-there"):
        return True
    executor = MigrationExecutor(connection)
    there = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    if there:
        cache.set("tables-are-there", True, 60)
    return there

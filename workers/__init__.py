"""Celery to domain and back: a message names a job, the row decides."""

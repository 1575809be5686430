"""Where Prometheus reads: a port of this process's own, never that of the API."""

from prometheus_client import start_http_server

from summarizer.log import logger
from summarizer.settings import Settings


def serve(settings: Settings) -> bool:
    """Let Prometheus read at `http://METRICS_HOST:METRICS_PORT/metrics`; False when nobody asked or the port is taken.

    A process goes on without: a summary is worth more than its count.
    """
    if settings.metrics_port is None:
        return False
    try:
        start_http_server(settings.metrics_port, addr=settings.metrics_host)
    except OSError as error:
        logger(__name__).error("metrics not served", port=settings.metrics_port, error=error.strerror)
        return False
    return True

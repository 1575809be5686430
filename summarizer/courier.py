"""What a courier has at hand: it fetches what platforms hold and tells endpoints what happened, and needs no model."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import httpx

from summarizer.settings import Settings
from summarizer.store.database import Database
from summarizer.store.jobs import Lease
from summarizer.submit import Bell


@dataclass(frozen=True, slots=True)
class Courier:
    """Who goes, and with what."""

    database: Database
    bell: Bell
    owner: str
    settings: Settings
    holding: Callable[[Lease], AbstractContextManager[None]]  #: keeps a lease while the block runs
    client: httpx.Client  #: reaches nobody inside, see `outbound`

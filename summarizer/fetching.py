"""Running a job to fetch: what a platform's event only named is read from the platform's API and submitted."""

from uuid import UUID

from summarizer.courier import Courier
from summarizer.store import jobs


def run(courier: Courier, tenant_id: UUID, job_id: UUID) -> None:
    """Run one attempt of one job to fetch."""
    settings = courier.settings
    with courier.database.begin(tenant_id) as session:
        held = jobs.claim_fetch(
            session,
            tenant_id,
            job_id,
            owner=courier.owner,
            lease=settings.lease,
            max_attempts=settings.max_fetches,
        )
    if held is None:
        return
    raise NotImplementedError

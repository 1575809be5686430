"""Running a job to deliver: one event is told to one endpoint, signed, and tried again for three days."""

from uuid import UUID

from summarizer.courier import Courier
from summarizer.store import jobs


def run(courier: Courier, tenant_id: UUID, job_id: UUID) -> None:
    """Run one attempt of one job to deliver."""
    settings = courier.settings
    with courier.database.begin(tenant_id) as session:
        held = jobs.claim_delivery(
            session,
            tenant_id,
            job_id,
            owner=courier.owner,
            lease=settings.lease,
            max_attempts=settings.max_deliveries,
        )
    if held is None:
        return
    raise NotImplementedError

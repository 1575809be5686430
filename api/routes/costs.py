"""What a tenant's summaries came to, and what the same calls would have cost elsewhere."""

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.auth import Reader
from api.dependencies import Service
from api.problems import documented
from api.schemas import CostReport, Words, cost_report
from summarizer.costs import MOST_DAYS, period, report, told_apart

router = APIRouter(tags=["costs"])

TOLD_APART = ("day", "month", "queue", "backend", "model")


def _day(text: object) -> date:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("send a day as 2026-11-26")
    return date.fromisoformat(text)


Day = Annotated[date, BeforeValidator(_day)]


class CostQuery(BaseModel):
    """Which days, and how they are told apart."""

    model_config = ConfigDict(extra="forbid")

    since: Day | None = Field(default=None, description="The first day, in UTC; by itself the first of the month")
    until: Day | None = Field(
        default=None, description=f"The last day, included; by itself today. At most {MOST_DAYS} days in all"
    )
    by: Words = Field(
        default="day", max_length=100, description=f"Some of {', '.join(TOLD_APART)}, with commas between them"
    )


@router.get("/v1/costs", responses=documented(400, 401, 403, 422, 503))
def list_costs(caller: Reader, service: Service, query: Annotated[CostQuery, Query()]) -> CostReport:
    """Sum up what summaries took and came to, and what the same calls would have cost at rented models.

    Money is by the installation's price list, as it was on each day.
    """
    by, over = told_apart(query.by, allowed=TOLD_APART), period(query.since, query.until)
    return cost_report(report(service.database, service.tariff.prices, {caller.tenant_id: ""}, over=over, by=by))

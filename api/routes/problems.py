"""What each problem type means, at the address its `type` names."""

from fastapi import APIRouter
from pydantic import BaseModel

from api import problems
from summarizer.errors import NotFound

router = APIRouter(tags=["problems"])


class ProblemType(BaseModel):
    """One kind of problem."""

    type: str
    title: str
    status: int


@router.get("/problems/{slug}", responses=problems.documented(404))
def get_problem(slug: str) -> ProblemType:
    """Look up a problem type."""
    problem = problems.ALL.get(slug)
    if problem is None:
        raise NotFound("there is no such problem type")
    return ProblemType(type=f"/problems/{problem.slug}", title=problem.title, status=problem.status)

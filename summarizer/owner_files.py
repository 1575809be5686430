"""Files that the owner of an installation writes: TOML of a known shape, refused with the place, without the value."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from summarizer.errors import Misconfigured

Shape = TypeVar("Shape", bound=BaseModel)


def read(path: Path, shape: type[Shape], *, refusal: type[Misconfigured]) -> Shape:
    """What a file says; raises the refusal."""
    try:
        return shape.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise refusal(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise refusal(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None

import json
import logging

import pytest

from summarizer.log import configure, logger

pytestmark = pytest.mark.usefixtures("same_handlers")


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    logger("test").info("job done", job_id="j")
    assert json.loads(capsys.readouterr().err)["job_id"] == "j"


@pytest.mark.parametrize("is_ours", [True, False])
def test_an_exception_is_told_without_its_words(capsys: pytest.CaptureFixture[str], *, is_ours: bool) -> None:
    configure("INFO")
    secret = "4111 1111 1111 1111"
    try:
        raise ValueError(secret)
    except ValueError:
        if is_ours:
            logger("test").exception("broke")
        else:
            logging.getLogger("some.library").exception("broke")
    line = capsys.readouterr().err
    assert secret not in line
    assert json.loads(line)["error"] == "ValueError"
    assert "test_log" in json.loads(line)["at"][-1]


def test_at_debug_we_say_more_and_libraries_do_not(capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    logger("summarizer.some").debug("ours")
    logging.getLogger("httpcore.http11").debug("a receiver's words")
    logging.getLogger("some.library").debug("a caller's words")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["ours"]


def test_what_is_to_be_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    configure("ERROR")
    logger("summarizer.some").warning("ours")
    logging.getLogger("some.library").warning("theirs")
    assert capsys.readouterr().err == ""

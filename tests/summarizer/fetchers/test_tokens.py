import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from summarizer.fetchers.tokens import EARLY_SECONDS, Token, Tokens

CLIENT = ("https://login", "client", "secret")


def _counting(seconds: float = 3600.0) -> tuple[list[str], Callable[[], Token]]:
    asked: list[str] = []

    def ask() -> Token:
        asked.append(f"token-{len(asked)}")
        return Token(asked[-1], seconds)

    return asked, ask


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    now = [0.0]
    tokens = Tokens(clock=lambda: now[0])
    asked, ask = _counting()
    assert tokens.token(CLIENT, ask) == tokens.token(CLIENT, ask)
    now[0] = 3600.0 - EARLY_SECONDS
    assert tokens.token(CLIENT, ask) == "token-1"
    assert len(asked) == 2


def test_threads_that_need_the_same_token_ask_once() -> None:
    tokens = Tokens()
    asked, ask = _counting()
    together = threading.Barrier(8)

    def need(_: int) -> str:
        together.wait()
        return tokens.token(CLIENT, ask)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(need, range(8))) == {"token-0"}
    assert len(asked) == 1


def test_what_is_forgotten_is_the_token_that_was_refused_and_no_newer_one() -> None:
    tokens = Tokens()
    _, ask = _counting()
    old = tokens.token(CLIENT, ask)
    tokens.forget(CLIENT, old)
    new = tokens.token(CLIENT, ask)
    tokens.forget(CLIENT, old)
    assert tokens.token(CLIENT, ask) == new != old

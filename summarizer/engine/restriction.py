"""Which tokens may follow, told by text: a byte-level vocabulary cuts characters, and words anywhere."""

from collections.abc import Sequence

from tokenizers import Tokenizer

from summarizer.generate import Accepts

UNFINISHED = "\N{REPLACEMENT CHARACTER}"  # how the bytes of a character decode that are not yet all there
END = "\n"


class Restriction:
    """Reads along with one completion, so that for each token asked about only its own text is decoded."""

    def __init__(self, accepts: Accepts, tokenizer: Tokenizer, *, stop_tokens: frozenset[int], begun: str = "") -> None:
        self._accepts = accepts
        self._tokenizer = tokenizer
        self._stop_tokens = stop_tokens
        self._num_begun = len(begun)
        self._num_read = 0  # tokens
        self._text = begun  # whole characters of them
        self._rest: list[int] = []  # tokens after it, which end within a character

    def __call__(self, completion: Sequence[int], token: int) -> bool:
        """Whether the token may follow; one that ends within a character is judged by what it holds before."""
        self._read(completion)
        if token in self._stop_tokens:
            return self._accepts(self._text, END)
        more = self._tokenizer.decode([*self._rest, token], skip_special_tokens=True).removesuffix(UNFINISHED)
        return not more or self._accepts(self._text, more)

    def text(self, completion: Sequence[int]) -> str:
        """What was written, without a last word that was cut off where it may not end."""
        self._read(completion)
        text = self._text[self._num_begun :]
        if self._accepts(self._text, END):
            return text
        return text[: max(text.rfind(" "), text.rfind("\n")) + 1]

    def _read(self, completion: Sequence[int]) -> None:
        for token in completion[self._num_read :]:
            self._rest.append(token)
            more = self._tokenizer.decode(self._rest, skip_special_tokens=True)
            if not more.endswith(UNFINISHED):
                self._text += more
                self._rest = []
        self._num_read = len(completion)

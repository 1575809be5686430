"""Genesys Cloud: the communications of a conversation, and the transcript of each that has one.

A transcript is behind a pre-signed link that is good for ten minutes and refuses a second kind of authorization; it is
used at once and kept nowhere. https://developer.genesys.cloud/analyticsdatamanagement/speechtextanalytics/transcript-url
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from summarizer import formats
from summarizer.conversation import Conversation
from summarizer.errors import EmptyConversation
from summarizer.fetchers.access import Access, Answer, Fetched, answer, content, identifier, named, parsed
from summarizer.fetchers.failures import NotYet, TryLater, Unfetchable, WhyNotFetched
from summarizer.fetchers.tokens import Token, Tokens
from summarizer.formats.node import Node

REGION = "mypurecloud.com"

_COMMUNICATIONS = ("calls", "callbacks", "chats", "emails", "messages", "videos", "sessions", "communications")
_tokens = Tokens()


def fetch(resource: Mapping[str, str], access: Access) -> Iterator[Fetched]:
    """One conversation for each communication that has a transcript; raises NotYet while none has."""
    api = _Api.of(access)
    conversation_id = identifier(named(resource, "conversation_id"))
    raw = content(api.get(f"/api/v2/conversations/{conversation_id}"))
    found = [
        (communication_id, conversation)
        for communication_id in _communications(Node.of(raw, what="a Genesys conversation"))
        if (conversation := _transcript(api, conversation_id, communication_id)) is not None
    ]
    if not found:
        raise NotYet
    for communication_id, conversation in found:
        leg = communication_id if len(found) > 1 else None
        yield Fetched(replace(conversation, external_id=conversation_id), leg)


@dataclass(frozen=True, slots=True)
class _Api:
    """One region's API, as one OAuth client sees it."""

    access: Access
    api_url: str
    login_url: str

    @classmethod
    def of(cls, access: Access) -> "_Api":
        region = access.option("region", REGION)
        return cls(
            access,
            access.address("api_url", f"https://api.{region}"),
            access.address("login_url", f"https://login.{region}"),
        )

    def get(self, path: str) -> Answer:
        """An answer; a token that is refused is thrown away and asked for anew, once."""
        token = _tokens.token(self._client, self._ask)
        found = self._get(path, token)
        if found.status != 401:
            return found
        _tokens.forget(self._client, token)
        return self._get(path, _tokens.token(self._client, self._ask))

    @property
    def _client(self) -> tuple[str, str, str]:
        return self.login_url, self.access.credential("client_id"), self.access.credential("client_secret")

    def _get(self, path: str, token: str) -> Answer:
        return answer(self.access, f"{self.api_url}{path}", headers={"Authorization": f"Bearer {token}"})

    def _ask(self) -> Token:
        _, client_id, secret = self._client
        form = {"grant_type": "client_credentials"}
        found = answer(self.access, f"{self.login_url}/oauth/token", auth=(client_id, secret), form=form)
        if found.status == 400:  # what OAuth has for a client it does not know (RFC 6749, 5.2)
            raise Unfetchable(WhyNotFetched.NOT_PERMITTED)
        granted = Node.of(content(found), what="a token")
        text = granted.text("access_token")
        if not text:
            raise Unfetchable(WhyNotFetched.NOT_PERMITTED)
        return Token(text, granted.number("expires_in") or 0.0)


def _communications(conversation: Node) -> list[str]:
    """Ids of what the participants said and wrote, each once, in their order."""
    ids = (
        one.text("id", "sessionId", "communicationId")
        for participant in conversation.nodes("participants")
        for name in _COMMUNICATIONS
        for one in participant.nodes(name)
    )
    return list(dict.fromkeys(identifier(each) for each in ids if each))


def _transcript(api: _Api, conversation_id: str, communication_id: str) -> Conversation | None:
    """None while a communication has no transcript, or one without words."""
    path = f"/api/v2/speechandtextanalytics/conversations/{conversation_id}/communications/{communication_id}"
    found = api.get(f"{path}/transcripturl")
    if found.status == 404:
        return None
    link = Node.of(content(found), what="a transcript's link").text("url")
    if not link:
        return None
    try:
        return formats.read(_download(api, link), "genesys")
    except EmptyConversation:
        return None


def _download(api: _Api, link: str) -> bytes:
    """What is behind a pre-signed link; one that has ended is worth another attempt, which gets a new one."""
    if parsed(link).scheme not in ("https", parsed(api.api_url).scheme):
        raise Unfetchable(WhyNotFetched.PLATFORM_FAILED)
    found = answer(api.access, link)
    if found.status in (401, 403, 404, 410):
        raise TryLater(WhyNotFetched.UNREACHABLE)
    return content(found)

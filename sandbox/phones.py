"""What the control APIs of the phones have in common, whichever network they are on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol, TypeVar
from urllib.parse import quote

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from sandbox.api import Question, Refused

_FOR_EVER = "public, max-age=31536000, immutable"
_LONGEST_NUMBER = 19
_TAP_OPTIONS = {"message_id", "times"}


class Shown(Protocol):
    """A message that stands in a chat."""

    @property
    def id(self) -> int:
        """Its place among the chat's messages."""
        ...

    @property
    def version(self) -> int:
        """Another, higher one whenever it changes."""
        ...


Message = TypeVar("Message", bound=Shown)
Words = Annotated[str, Field(min_length=1)]


class OnTheMap(Question):
    """A place on the map."""

    latitude: Annotated[Decimal | int, Field(ge=-90, le=90)]
    longitude: Annotated[Decimal | int, Field(ge=-180, le=180)]


class Act(Question):
    """What a person does on either network; each adds its own."""

    text: Words | None = None
    press: Words | None = None
    photo: Literal[True] | Words | None = None
    """True, or a caption."""

    voice: Literal[True] | None = None
    block: Literal[True] | None = None
    unblock: Literal[True] | None = None

    message_id: int | None = None
    """Press on this message only."""

    times: Annotated[int, Field(ge=1, le=100)] = 1
    """Tap so many times at once; the taps queue up."""


def one_action(
    what: Question,
    actions: Sequence[str],
    together: Mapping[tuple[str, ...], str],
) -> str | None:
    """Return the name of the one action; None if only settings change.

    `together` names actions that go with another, and that other. Raises Refused when
    there is none, more than one, or an option without its tap.
    """
    given = what.model_dump(exclude_none=True, exclude_unset=True).keys()
    wanted = tuple(name for name in actions if name in given)
    if wanted in together:
        wanted = (together[wanted],)
    if len(wanted) > 1 or not given:
        raise Refused(422, f"Give exactly one of {', '.join(actions)}.")
    if "press" not in wanted and given & _TAP_OPTIONS:
        raise Refused(422, "message_id and times go with press only.")
    return wanted[0] if wanted else None


def newer_messages(
    request: Request,
    shown: Iterable[Message],
    as_json: Callable[[Message], Mapping[str, Any]],
) -> dict[str, Any]:
    """List what a person sees, oldest first.

    `after` (an id) leaves out older messages; `since` (a version) leaves out what the
    caller has seen unchanged, so it tells of edits too. The answer's `version` is the
    one to ask with next time. Raises Refused.
    """
    after, since = _number(request, "after"), _number(request, "since")
    messages = list(shown)
    newer = [each for each in messages if each.id > after and each.version > since]
    version = max((each.version for each in messages), default=0)
    return {"messages": [as_json(each) for each in newer], "version": version}


def stored_file(
    content: bytes, name: str, content_type: str, *, is_shown: bool
) -> Response:
    """Serve what stands in a chat; what is not to be shown in the page is saved."""
    way = "inline" if is_shown else "attachment"
    headers = {
        "Cache-Control": _FOR_EVER,
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(name)}",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, 200, headers, content_type)


def _number(request: Request, name: str) -> int:
    raw = request.query_params.get(name, "0")
    if not raw.isdecimal() or len(raw) > _LONGEST_NUMBER:
        raise Refused(422, f"{name} must be a number.")
    return int(raw)

"""The control API's manners: JSON in, JSON out, and errors of one sentence."""

from typing import TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sandbox.payby.wire import dumps, loads


class Refused(HTTPException):
    """A call of the control API is refused, with an HTTP status and a sentence.

    `facts` stand beside the sentence, for whoever can't read.
    """

    def __init__(self, status_code: int, sentence: str, **facts: str) -> None:
        super().__init__(status_code, sentence)
        self.facts = facts


class Question(BaseModel):
    """A request's body; a key it does not know is an error, not a wish."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


Body = TypeVar("Body", bound=Question)


async def read(request: Request, kind: type[Body]) -> Body:
    """Read the JSON body; raises Refused. An empty body is an empty object."""
    raw = await request.body()
    try:
        return kind.model_validate(loads(raw) if raw.strip() else {})
    except ValidationError as error:
        raise Refused(422, _sentence(error)) from None
    except ValueError as error:
        raise Refused(400, f"The body is not JSON: {error}.") from None


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"])) or "The body"
    return f"{place}: {first['msg']}."


def answer(content: object, status: int = 200) -> Response:
    """Answer JSON; amounts keep their two decimals."""
    return Response(dumps(content), status, media_type="application/json")


async def http_error(request: Request, error: Exception) -> Response:
    """Answer what the API refuses, and what the router does not know."""
    refusal = cast("HTTPException", error)
    if isinstance(error, Refused):
        body = {"error": error.detail, **error.facts}
    else:
        body = {"error": f"{request.method} {request.url.path}: {refusal.detail}."}
    response = answer(body, refusal.status_code)
    response.headers.update(refusal.headers or {})
    return response

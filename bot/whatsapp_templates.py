"""How the prepared sentences come to Twilio and, for approval, to Meta."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from bot.prepared import SENTENCES, Sentence
from core.database.whatsapp import Template

UNASKED: Final = "unsubmitted"
MISSING: Final = "missing"


async def look(client: Client) -> Sequence[Template]:
    """Tell how each sentence stands at Twilio; one that is not there is missing.

    Raises what twilio_errors sorts.
    """
    found: dict[str, Any] = {}
    for each in await client.content.v1.content_and_approvals.list_async():
        found.setdefault(each.friendly_name, each)
    names = [sentence.name for sentence in SENTENCES.values()]
    return [_standing(name, found.get(name)) for name in names]


async def bring(client: Client) -> Sequence[Template]:
    """Bring to Twilio what is missing there; ask Meta to approve what nobody has asked.

    Again is harmless. Return how each stands. Raises what twilio_errors sorts.
    """
    by_name = {sentence.name: sentence for sentence in SENTENCES.values()}
    brought = []
    for template in await look(client):
        after = template
        if after.approval == MISSING:
            after = await _make(client, by_name[template.name])
        if after.approval == UNASKED:
            after = await _ask(client, after)
        brought.append(after)
    return brought


async def _make(client: Client, sentence: Sentence) -> Template:
    wish = {
        "friendly_name": sentence.name,
        "language": sentence.language,
        "variables": {str(n): value for n, value in enumerate(sentence.samples, 1)},
        "types": {"twilio/text": {"body": sentence.body}},
    }
    request = ContentList.ContentCreateRequest(wish)
    made = await client.content.v1.contents.create_async(request)
    return Template(sentence.name, str(made.sid), UNASKED)


async def _ask(client: Client, template: Template) -> Template:
    wish = {"name": template.name, "category": "UTILITY"}
    request = ApprovalCreateList.ContentApprovalRequest(wish)
    approvals = client.content.v1.contents(template.sid).approval_create
    asked = await approvals.create_async(request)
    return replace(template, approval=str(asked.status))


def _standing(name: str, content: Any) -> Template:  # noqa: ANN401  (a page's item)
    if content is None:
        return Template(name, "", MISSING)
    asked = content.approval_requests or {}
    return Template(name, content.sid, str(asked.get("status") or UNASKED))

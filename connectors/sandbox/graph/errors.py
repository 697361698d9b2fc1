"""The errors of the Graph API, by code and subcode, with the bodies that were recorded."""

import secrets
from typing import Any

_POLICY = (
    "Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview"
)
_TOKEN = "Error validating access token: "  # noqa: S105  # the beginning of a sentence
_MESSAGES = {
    (1, 0): "An unknown error occurred",
    (2, 0): "Service temporarily unavailable",
    (4, 0): "(#4) Application request limit reached",
    (4, 2018022): "(#4) Too many send requests to phone numbers",
    (10, 0): "(#10) Application does not have permission for this action",
    (10, 2018065): "(#10) This message is sent outside of allowed window.",
    (10, 2018108): "(#10) Cannot message this person: the person is not able to receive messages from this Page",
    (10, 1893063): "(#10) This Page is temporarily restricted from sending messages",
    (10, 2018278): f"(#10) This message is sent outside of allowed window. {_POLICY}",
    (17, 0): "(#17) User request limit reached",
    (32, 0): "(#32) Page request limit reached",
    (100, 33): (
        "Unsupported request. Object does not exist, cannot be loaded due to missing permissions, or does not support"
        " this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"
    ),
    (100, 1893061): "(#100) Deprecated Message Tag Not Allowed",
    (100, 2018001): "(#100) No matching user found",
    (100, 2018008): "(#100) Failed to fetch the file from the url",
    (100, 2018047): "(#100) Upload attachment failure: a type of file that is not supported",
    (100, 2018109): "(#100) Attachment size exceeds allowable limit",
    (100, 2018218): "(#100) No profile available for this user",
    (102, 0): "Session key invalid or no longer valid",
    (104, 0): "An access token is required to request this resource.",
    (190, 0): (
        "Any of the pages_read_engagement, pages_manage_metadata permission(s) must be granted before impersonating"
        " a user's page."
    ),
    (190, 458): f"{_TOKEN}The user has not authorized application.",
    (190, 459): f"{_TOKEN}You cannot access the app till you log in to www.facebook.com and follow the instructions.",
    (190, 460): (
        f"{_TOKEN}The session has been invalidated because the user changed their password or Facebook has changed"
        " the session for security reasons."
    ),
    (190, 463): f"{_TOKEN}Session has expired.",
    (190, 464): f"{_TOKEN}Sessions for the user are not allowed because the user is not a confirmed user.",
    (190, 467): f"{_TOKEN}The session is invalid because the user logged out.",
    (200, 0): "(#200) Requires a permission to manage the object",
    (200, 1545041): "(#200) This person isn't available right now.",
    (200, 2018028): (
        "(#200) Cannot message users who are not admins, developers or testers of the app until pages_messaging"
        " permission is reviewed and the app is live."
    ),
    (230, 0): "(#230) Requires pages_messaging permission to manage the object",
    (368, 0): "The action attempted has been deemed abusive or is otherwise disallowed",
    (551, 1545041): "(#551) This person isn't available right now.",
    (613, 0): "(#613) Calls to this api have exceeded the rate limit.",
    (1200, 0): "Temporary send message failure. Please try again later.",
    (10900, 0): "(#10900) Activity already replied to",
    (10903, 0): "(#10903) This user can't reply to this activity",
    (80001, 0): "(#80001) There have been too many calls to this Page account. Wait a bit and try again.",
    (80006, 0): "(#80006) There have been too many calls to this Messenger account. Wait a bit and try again.",
}
_STATUS = {1: 500, 2: 503, 4: 403, 10: 403, 32: 403, 200: 403, 230: 403, 1200: 500}
_TRANSIENT = {1, 2, 1200}


class Refused(Exception):
    """An error answer of the Graph API. `message` replaces the usual sentence of this code."""

    def __init__(
        self,
        code: int,
        subcode: int = 0,
        message: str = "",
        *,
        kind: str = "OAuthException",
        transient: bool | None = None,
    ) -> None:
        self.code = code
        self.subcode = subcode
        self.kind = kind
        self.transient = code in _TRANSIENT if transient is None else transient
        self.sentence = message or _MESSAGES.get((code, subcode)) or _MESSAGES.get((code, 0)) or f"(#{code}) Refused"
        super().__init__(self.sentence)

    @property
    def status(self) -> int:
        """The HTTP status that goes with it."""
        if self.code in _TRANSIENT and not self.transient:
            return 400
        return _STATUS.get(self.code, 500 if self.transient else 400)

    def body(self) -> dict[str, Any]:
        """The answer as it is sent, with a trace of its own."""
        error: dict[str, Any] = {"message": self.sentence, "type": self.kind, "code": self.code}
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        return {"error": {**error, "fbtrace_id": f"A{secrets.token_urlsafe(16)}"}}


def missing(parameter: str) -> Refused:
    """A demanded parameter was not given."""
    return Refused(100, message=f"(#100) The parameter {parameter} is required")


def wrong(sentence: str) -> Refused:
    """A parameter makes no sense."""
    return Refused(100, message=f"(#100) {sentence}")


def nowhere(name: str, method: str = "GET") -> Refused:
    """There is no such object for this token, or it cannot do this."""
    sentence = (
        f"Unsupported {method.lower()} request. Object with ID '{name}' does not exist, cannot be loaded due to missing"
        " permissions, or does not support this operation. Please read the Graph API documentation at"
        " https://developers.facebook.com/docs/graph-api"
    )
    return Refused(100, 33, sentence, kind="GraphMethodException")

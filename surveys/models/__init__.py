from surveys.models.comments import Comment
from surveys.models.delegations import Delegation, Task
from surveys.models.events import Event
from surveys.models.invitations import Guest, Invitation
from surveys.models.people import Membership, User
from surveys.models.presence import Presence
from surveys.models.queries import Query, QueryMessage
from surveys.models.ranges import PeerRange
from surveys.models.refusal import NotAllowed
from surveys.models.register import Body
from surveys.models.responses import Response
from surveys.models.rounds import Survey
from surveys.models.sections import SectionAnswers
from surveys.models.submissions import Submission

__all__ = [
    "Body",
    "Comment",
    "Delegation",
    "Event",
    "Guest",
    "Invitation",
    "Membership",
    "NotAllowed",
    "PeerRange",
    "Presence",
    "Query",
    "QueryMessage",
    "Response",
    "SectionAnswers",
    "Submission",
    "Survey",
    "Task",
    "User",
]

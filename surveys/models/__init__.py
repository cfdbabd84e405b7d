from surveys.models.account_links import AccountLink
from surveys.models.comments import Comment
from surveys.models.corrections import Correction
from surveys.models.delegations import Delegation, Task
from surveys.models.details import Detail
from surveys.models.disclosures import Disclosure
from surveys.models.events import Event
from surveys.models.invitations import Guest, Invitation
from surveys.models.mail_items import MailingItem
from surveys.models.mailings import Mailing
from surveys.models.people import Membership, User
from surveys.models.populations import Population
from surveys.models.presence import Presence
from surveys.models.queries import Query, QueryMessage
from surveys.models.ranges import PeerRange
from surveys.models.refusal import NotAllowed
from surveys.models.register import Body
from surveys.models.register_changes import ChangedBody, RegisterChange
from surveys.models.reminders import ReminderRule
from surveys.models.responses import Response
from surveys.models.rounds import Survey
from surveys.models.sections import SectionAnswers
from surveys.models.submissions import Submission

__all__ = [
    "AccountLink",
    "Body",
    "ChangedBody",
    "Comment",
    "Correction",
    "Delegation",
    "Detail",
    "Disclosure",
    "Event",
    "Guest",
    "Invitation",
    "Mailing",
    "MailingItem",
    "Membership",
    "NotAllowed",
    "PeerRange",
    "Population",
    "Presence",
    "Query",
    "QueryMessage",
    "RegisterChange",
    "ReminderRule",
    "Response",
    "SectionAnswers",
    "Submission",
    "Survey",
    "Task",
    "User",
]

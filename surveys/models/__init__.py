from surveys.models.events import Event
from surveys.models.people import Membership, User
from surveys.models.register import Body
from surveys.models.responses import NotAllowed, Response, SectionAnswers, Submission
from surveys.models.rounds import Survey

__all__ = ["Body", "Event", "Membership", "NotAllowed", "Response", "SectionAnswers", "Submission", "Survey", "User"]

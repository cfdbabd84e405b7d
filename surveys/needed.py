"""What a response still needs before it can be submitted, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def needed(places: int, reasons: int) -> str:
    """提出するには、あと2か所の回答と1つの理由が要ります。 Empty if nothing is needed."""
    answers = ngettext("%(count)sか所の回答", "%(count)sか所の回答", places) % {"count": places}
    why = ngettext("%(count)sつの理由", "%(count)sつの理由", reasons) % {"count": reasons}
    if not (places or reasons):
        return ""
    if places and reasons:
        what = _("%(answers)sと%(reasons)s") % {"answers": answers, "reasons": why}
    else:
        what = answers if places else why
    return _("提出するには、あと%(what)sが要ります。") % {"what": what}

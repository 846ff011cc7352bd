"""Why a time is not offered: every rule that removes it, in one order, with until when."""

from app.services.availability.explain.one_day import ExplainedTime as ExplainedTime
from app.services.availability.explain.one_day import explain_day as explain_day
from app.services.availability.explain.one_slot import blocking as blocking
from app.services.availability.explain.one_time import explain as explain
from app.services.availability.explain.reasons import Explanation as Explanation
from app.services.availability.explain.reasons import Reason as Reason
from app.services.availability.explain.reasons import ReasonCode as ReasonCode

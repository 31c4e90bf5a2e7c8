"""What a postmaster knows: what a server's reply or a broken connection means, and what helps.

Facts and their look-up only. Nothing here opens a connection, decides a verdict or formats for people; the tables are
the JSON files beside the code and are read at the first question.
"""

from declarative_mail.probe.knowledge.explanation import Explanation
from declarative_mail.probe.knowledge.presets import hints_for
from declarative_mail.probe.knowledge.replies import explain_reply
from declarative_mail.probe.knowledge.symptoms import explain_symptom, symptom_in, symptom_names

__all__ = ["Explanation", "explain_reply", "explain_symptom", "hints_for", "symptom_in", "symptom_names"]

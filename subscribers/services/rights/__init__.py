"""What people may ask of us about their data, and what we then do (GDPR Art. 15 to 21, CCPA)."""

from subscribers.services.rights.acting import PERSON
from subscribers.services.rights.erasing import erase_contact
from subscribers.services.rights.fulfilling import fulfil
from subscribers.services.rights.objecting import object_to_marketing
from subscribers.services.rights.refusing import refuse
from subscribers.services.rights.requests import extend_request, note_download, note_identity, open_request
from subscribers.services.rights.restricting import end_restriction, restrict

__all__ = [
    "PERSON",
    "end_restriction",
    "erase_contact",
    "extend_request",
    "fulfil",
    "note_download",
    "note_identity",
    "object_to_marketing",
    "open_request",
    "refuse",
    "restrict",
]

"""The people and their permissions."""

from subscribers.models.activity import ActivityTotal, ContactActivity, MailHistory
from subscribers.models.consent import ConsentRecord, ConsentWording
from subscribers.models.contacts import Contact, CustomField
from subscribers.models.frequency import FrequencyCap, QuietHours
from subscribers.models.health import ListDay
from subscribers.models.identity import ApartPair, ContactChange, ContactIdentifier, ContactMerge, DuplicatePair
from subscribers.models.imports import HeldRow, ImportChunk, ImportRun
from subscribers.models.leaving import Farewell
from subscribers.models.ledger import ConsentCheckpoint, ConsentErasure, ConsentSeal
from subscribers.models.lists import MailingList, SignUpForm, SignUpFormText, Subscription
from subscribers.models.policies import PermissionChoice
from subscribers.models.reconfirming import Reconfirmation
from subscribers.models.rights import PrivacyRequest, PrivacyStep, RetentionChoice
from subscribers.models.screens import ContactColumns, SavedView
from subscribers.models.segments import Segment, SegmentDraft, SegmentSize
from subscribers.models.sign_ups import FormDay, PendingSignUp
from subscribers.models.standing import ContactScore, LifecycleDefinition
from subscribers.models.sunset import SunsetPolicy, SunsetStanding

__all__ = [
    "ActivityTotal",
    "ApartPair",
    "ConsentCheckpoint",
    "ConsentErasure",
    "ConsentRecord",
    "ConsentSeal",
    "ConsentWording",
    "Contact",
    "ContactActivity",
    "ContactChange",
    "ContactColumns",
    "ContactIdentifier",
    "ContactMerge",
    "ContactScore",
    "CustomField",
    "DuplicatePair",
    "Farewell",
    "FormDay",
    "FrequencyCap",
    "HeldRow",
    "ImportChunk",
    "ImportRun",
    "LifecycleDefinition",
    "ListDay",
    "MailHistory",
    "MailingList",
    "PendingSignUp",
    "PermissionChoice",
    "PrivacyRequest",
    "PrivacyStep",
    "QuietHours",
    "Reconfirmation",
    "RetentionChoice",
    "SavedView",
    "Segment",
    "SegmentDraft",
    "SegmentSize",
    "SignUpForm",
    "SignUpFormText",
    "Subscription",
    "SunsetPolicy",
    "SunsetStanding",
]

"""The log's word for every fact."""

from flask_babel import lazy_gettext

from storage.queries.audit import ConsoleFact

FACTS: dict[str, str] = {
    ConsoleFact.SIGN_IN.value: lazy_gettext("Signed in"),
    ConsoleFact.SIGN_IN_REFUSED.value: lazy_gettext("Sign-in refused"),
    ConsoleFact.TAKEN_OVER.value: lazy_gettext("Session taken over"),
    ConsoleFact.SIGN_OUT.value: lazy_gettext("Signed out of the console"),
    ConsoleFact.VIEWED.value: lazy_gettext("Looked at a recorded call"),
    ConsoleFact.LISTENED.value: lazy_gettext("Listened to a recording"),
    ConsoleFact.CUSTOMER_SHOWN.value: lazy_gettext("Was shown who calls"),
    ConsoleFact.CUSTOMER_LOOKED_AT.value: lazy_gettext("Looked at a customer"),
    ConsoleFact.CUSTOMERS_SEARCHED.value: lazy_gettext("Searched for customers"),
    ConsoleFact.CUSTOMERS_IMPORTED.value: lazy_gettext("Imported a list of customers"),
    ConsoleFact.RECORD_SAVED.value: lazy_gettext("Saved a record"),
    ConsoleFact.CASE_BY_LINK.value: lazy_gettext("Opened a case by its link"),
    ConsoleFact.PHOTO_SHOWN.value: lazy_gettext("Looked at a photo"),
    ConsoleFact.UNITS_CHANGED.value: lazy_gettext("Changed units or their people"),
    ConsoleFact.BLACKLIST_CHANGED.value: lazy_gettext("Changed the blacklist"),
    ConsoleFact.SUMMARY_TAKEN.value: lazy_gettext("Took the monthly summary"),
    ConsoleFact.CASE_LOOKED_AT.value: lazy_gettext("Looked at a case"),
    ConsoleFact.CASES_EXPORTED.value: lazy_gettext("Took a list of cases away"),
    ConsoleFact.SEARCHED.value: lazy_gettext("Searched"),
    ConsoleFact.REPORT_TAKEN.value: lazy_gettext("Took a report away"),
    ConsoleFact.QUALITY_DRAWN.value: lazy_gettext("Drew recordings for appraisal"),
    ConsoleFact.QUALITY_READ.value: lazy_gettext("Opened a drawn recording"),
    ConsoleFact.QUALITY_SCORED.value: lazy_gettext("Scored, objected or decided"),
    ConsoleFact.LOG_READ.value: lazy_gettext("Read the audit log"),
    ConsoleFact.DELETED_BY_RULE.value: lazy_gettext("Deleted, as its time was over"),
}
"""By the fact's own word."""

DETAILS: dict[str, str] = {
    "case": lazy_gettext("case"),
    "case_id": lazy_gettext("case"),
    "cases": lazy_gettext("cases"),
    "calls": lazy_gettext("calls"),
    "class": lazy_gettext("class"),
    "count": lazy_gettext("how many"),
    "created": lazy_gettext("new"),
    "customer": lazy_gettext("customer"),
    "customers": lazy_gettext("customers"),
    "day": lazy_gettext("day"),
    "days": lazy_gettext("days"),
    "entry": lazy_gettext("entry"),
    "filter": lazy_gettext("filter"),
    "form": lazy_gettext("form"),
    "import": lazy_gettext("import"),
    "page": lazy_gettext("page"),
    "person": lazy_gettext("person"),
    "photo": lazy_gettext("photo"),
    "reason": lazy_gettext("reason"),
    "recording": lazy_gettext("recording"),
    "rows": lazy_gettext("rows"),
    "text": lazy_gettext("searched for"),
    "unit": lazy_gettext("unit"),
    "where": lazy_gettext("where"),
    "why": lazy_gettext("reason"),
    "work_number": lazy_gettext("work number"),
}
"""What a line was about, by the name it is kept under; others are shown as they are kept."""

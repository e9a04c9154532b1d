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
    ConsoleFact.LOG_READ.value: lazy_gettext("Read the audit log"),
}
"""By the fact's own word."""

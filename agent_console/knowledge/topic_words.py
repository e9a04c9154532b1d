"""The pages' words for the topics of the knowledge base."""

from flask_babel import lazy_gettext

from ivr.standard.article import Topic

_TOPICS: dict[Topic, str] = {
    Topic.SAFETY: lazy_gettext("Safety first"),
    Topic.METER: lazy_gettext("Meters and cards"),
    Topic.APPLIANCE: lazy_gettext("Stoves, heaters, hoses"),
    Topic.SUPPLY: lazy_gettext("Supply and visits"),
    Topic.ACCOUNT: lazy_gettext("Accounts and bills"),
    Topic.SERVICE: lazy_gettext("How we work"),
}


def topic_word(topic: Topic) -> str:
    """A topic's name in the language of the page."""
    return str(_TOPICS[topic])

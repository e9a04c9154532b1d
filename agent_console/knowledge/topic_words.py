"""The pages' words for the topics of the knowledge base, and for what is wrong with an article."""

from flask_babel import gettext, lazy_gettext

from ivr.standard.article import ArticleFault, BrokenArticle, Topic

_TOPICS: dict[Topic, str] = {
    Topic.SAFETY: lazy_gettext("Safety first"),
    Topic.METER: lazy_gettext("Meters and cards"),
    Topic.APPLIANCE: lazy_gettext("Stoves, heaters, hoses"),
    Topic.SUPPLY: lazy_gettext("Supply and visits"),
    Topic.ACCOUNT: lazy_gettext("Accounts and bills"),
    Topic.SERVICE: lazy_gettext("How we work"),
}

_FAULTS: dict[ArticleFault, str] = {
    ArticleFault.NONE_THERE: lazy_gettext("No article is there at all."),
    ArticleFault.NAME: lazy_gettext("Not shown: the file's name may hold small letters, digits and _ only."),
    ArticleFault.UNREADABLE: lazy_gettext("Not shown: the file cannot be opened."),
    ArticleFault.TOO_LARGE: lazy_gettext("Not shown: it is too long to be read in a call."),
    ArticleFault.NOT_UTF8: lazy_gettext("Not shown: it is not saved as UTF-8."),
    ArticleFault.FACTS: lazy_gettext("Not shown: the facts at its head are missing or wrong."),
    ArticleFault.TEXT: lazy_gettext("Not shown: its text is written in a way that articles are not."),
    ArticleFault.SECTIONS: lazy_gettext("Not shown: one of the four sections is missing or empty."),
    ArticleFault.PLACE: lazy_gettext("Not shown: it holds a place in braces that nothing fills."),
    ArticleFault.LINK: lazy_gettext("Shown, but it leads to an article that is not there."),
    ArticleFault.TITLE: lazy_gettext("Shown, but another article has the same title."),
}


def fault_word(broken: BrokenArticle) -> str:
    """What is wrong with an article, in the language of the page, with the line where it is known."""
    said = str(_FAULTS[broken.fault])
    if broken.line is None:
        return said
    return str(gettext("line %(line)s: %(what)s", line=broken.line, what=said))


def topic_word(topic: Topic) -> str:
    """A topic's name in the language of the page."""
    return str(_TOPICS[topic])

"""The category firewall as the listening side sees it: the police hear of crimes and of nothing else.

The sender has three walls of its own. This one exists to notice if they ever fail, and it keeps its own lists.
"""

from kentongan_command_centre.document import Breach, Document

_NOT_CRIMES = {
    "fire",
    "disaster",
    "medical",
    "community_work",
    "death_notice",
    "gathering",
    "house_watch",
}


def refuse_breach(document: Document) -> None:
    """Breach unless everything in the document says crime. A kind we do not know yet is taken at its class's word."""
    if document.incident_class != "crime":
        raise Breach(document, "The police hear of incidents of class crime only.")
    if document.kind in _NOT_CRIMES:
        raise Breach(document, "The document calls itself a crime, but its kind is none.")
    if any(category != "Security" for category in document.categories):
        raise Breach(document, "The document calls itself a crime, but its CAP category is none.")
    if document.recipient not in (None, "police"):
        raise Breach(document, "The document was meant for another recipient.")

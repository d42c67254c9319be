"""The words for posts and departments."""

from collections.abc import Iterable

from command.core.names import Words
from command.core.problems import N_
from command.people.authority import Post

POSTS = {
    Post.COMMANDER: N_("commander"),
    Post.DEPUTY: N_("deputy"),
    Post.DUTY_OFFICER: N_("duty officer"),
    Post.ENGINEER: N_("engineer"),
    Post.CUSTOMER_SERVICE_AGENT: N_("customer-service agent"),
    Post.RESOURCE_MANAGER: N_("resource manager"),
    Post.TRAINER: N_("trainer"),
    Post.AUDITOR: N_("auditor"),
    Post.ADMINISTRATOR: N_("administrator"),
    Post.ASSESSOR: N_("third-party assessor"),
}

DEPARTMENTS = {
    "technical": N_("technical department"),
    "customer_service": N_("customer service"),
    "security": N_("security department"),
    "operations": N_("operations department"),
}


def words(posts: Iterable[Post]) -> Words:
    """The names of posts, to be translated where they are shown."""
    return Words(POSTS[post] for post in posts)

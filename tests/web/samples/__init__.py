"""One filled view model per page, so that every template is rendered and looked at without a database."""

from tests.web.samples import content, deciding, evidence, home, people, reviews, sending

PAGES: dict[str, tuple[str, object]] = {
    **home.PAGES,
    **content.PAGES,
    **reviews.PAGES,
    **deciding.PAGES,
    **sending.PAGES,
    **people.PAGES,
    **evidence.PAGES,
}

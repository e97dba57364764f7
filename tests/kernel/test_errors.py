import pytest

from app.kernel import errors


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (errors.BadInput("Close it."), "Close it."),
        (errors.BadInput("Close it.", source="a.md"), "a.md: Close it."),
        (errors.BadInput("Close it.", source="a.md", line=3), "a.md:3: Close it."),
        (errors.BadInput("Close it.", source="a.md", line=3, column=7), "a.md:3:7: Close it."),
        (errors.BadInput("Close it.", line=3), "3: Close it."),
        (errors.NotFound("version", "v1"), "There is no version v1."),
        (errors.NotPermitted("review"), "This needs the permission 'review'."),
    ],
)
def test_an_error_says_where_and_what(problem: errors.AppError, text: str) -> None:
    assert str(problem) == text
    assert isinstance(problem, errors.AppError)

"""The little HTTP of the command line never raises for what others do."""

import pytest

from bbic_bridge.cli.web import request


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "http://name.invalid/",
        "http://127.0.0.1:nonsense/",
        "ftp://127.0.0.1/",
        "nonsense",
        "",
    ],
)
def test_where_nobody_answers_the_status_is_nought(url: str) -> None:
    assert request("GET", url).status == 0

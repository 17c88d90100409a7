"""Procapita's read side: the public FamilyCare REST contract (Lifecare IFO, ``apifc/v1``).

``domain`` and ``key`` stand in every address, so no address may reach a log or an error.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Generic

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_pascal

from bbic_bridge.adapters.channels import statuses
from bbic_bridge.adapters.channels.http import KEPT_BYTES, Http
from bbic_bridge.adapters.procapita.rows import Malformed, R, first_problem, many, read_row
from bbic_bridge.delivery.errors import Contract, Transient
from bbic_bridge.handbook.stockholm import STOCKHOLM

PAGE_SIZE = 500
PASSES = 3


class _Composite(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_pascal)
    total_number_of_records: int
    result: Annotated[tuple[Any, ...], BeforeValidator(many)]


@dataclass(frozen=True, slots=True)
class Rows(Generic[R]):
    """One page of a list, the list's length, and the vendor's own time when it gave it."""

    rows: tuple[R | Malformed, ...]
    total: int
    at: datetime | None
    answer: bytes


class FamilyCare:
    """Reads whole lists, page by page.

    A list whose length changes while it is paged may have moved a row past us: it is read again
    from its start, so rows may come more than once.

    All methods raise ``Transient`` when the vendor cannot be asked or the list never rests, and
    ``Contract`` for an answer that does not follow the contract.
    """

    def __init__(self, http: Http, domain: str, key: str, page_size: int = PAGE_SIZE) -> None:
        self._http = http
        self._access = {"domain": domain, "key": key}
        self._page_size = page_size

    def of_person(self, row: type[R], person: str, start: date, end: date) -> tuple[R, ...]:
        """The rows of one person (12 digits) within the days given, both included.

        All of them or none: one that cannot be read may be the one that is looked for.
        """
        query = {"personId": person, "startDate": f"{start}", "endDate": f"{end}"}

        def fetch(number: int, _seen: int) -> Rows[R]:
            page = {"pageSize": f"{self._page_size}", "pageNr": f"{number}"}
            return self._get(row, row.resource, {**query, **page})

        pages = (_sound(row.resource, page) for page in _all(fetch))
        found = {item.id: item for page in pages for item in page}
        return tuple(found.values())

    def extract(self, row: type[R], modified_after: datetime) -> Iterator[Rows[R]]:
        """Pages of everything that changed after a time; each row is judged by itself."""
        after = {"modifiedAfter": local(modified_after)}

        def fetch(_number: int, seen: int) -> Rows[R]:
            page = {"offset": f"{seen}", "limit": f"{self._page_size}"}
            return self._get(row, extract_of(row), {**after, **page})

        return _all(fetch)

    def _get(self, row: type[R], resource: str, query: Mapping[str, str]) -> Rows[R]:
        answer = self._http.read("GET", f"/apifc/v1/{resource}", params={**query, **self._access})
        failed = statuses.after_read(answer, self._http.clock.now())
        if failed:
            raise failed
        try:
            page = _Composite.model_validate_json(answer.body)
        except ValidationError as error:
            problem = first_problem(error)
        else:
            rows = tuple(read_row(row, content) for content in page.result)
            at = statuses.vendor_time(answer.headers.get("date", ""))
            return Rows(rows, page.total_number_of_records, at, answer.body)
        raise _broken(resource, problem, answer.body)


def extract_of(row: type[R]) -> str:
    """The name of the list that tells what changed."""
    return f"Extract/{row.resource}"


def _sound(resource: str, page: Rows[R]) -> Iterator[R]:
    for row in page.rows:
        if isinstance(row, Malformed):
            raise _broken(resource, row.where, page.answer)
        yield row


def _broken(resource: str, problem: str, answer: bytes) -> Contract:
    where = f"{resource}: {problem}"
    return Contract("malformed_rows", reason=where, where=where, answer=answer[:KEPT_BYTES])


def local(at: datetime) -> str:
    """A time as the vendor writes them. In the hour that comes twice, one earlier:
    which of the two the vendor would take it for is not known."""
    here = at.astimezone(STOCKHOLM)
    if here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset():
        here -= timedelta(hours=1)
    return here.strftime("%Y-%m-%dT%H:%M:%S")


def _all(fetch: Callable[[int, int], Rows[R]]) -> Iterator[Rows[R]]:
    for _ in range(PASSES):
        if (yield from _once(fetch)):
            return
    raise Transient("list_keeps_changing")


def _once(fetch: Callable[[int, int], Rows[R]]) -> Generator[Rows[R], None, bool]:
    """One pass over a list; ends with whether the list rested while it was read."""
    number, seen, total = 0, 0, -1
    while seen != total:
        page = fetch(number, seen)
        if total not in (-1, page.total) or (page.total > seen and not page.rows):
            return False
        number, seen, total = number + 1, seen + len(page.rows), page.total
        if seen > total:
            return False
        yield page
    return True

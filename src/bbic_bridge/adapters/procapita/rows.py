"""The rows that FamilyCare gives, as far as the bridge uses them.

The same thing has slightly different names in the person-based lists and in the extracts.
Times come without offset and are Stockholm's; rows bear no time of change.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_pascal

from bbic_bridge.handbook import personnummer
from bbic_bridge.handbook.stockholm import STOCKHOLM, stockholm_date


def _aware(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # Year 1 is how the vendor's platform writes that there is no date.
    if not value or value.startswith("0001-"):
        return None
    at = datetime.fromisoformat(value)
    try:
        return at.replace(tzinfo=STOCKHOLM) if at.tzinfo is None else at.astimezone(STOCKHOLM)
    except OverflowError:
        raise ValueError("beyond the calendar") from None


def _text(value: Any) -> Any:
    return "" if value is None else value


def many(value: Any) -> Any:
    """A list that the vendor left out is an empty one."""
    return () if value is None else value


At = Annotated[datetime, BeforeValidator(_aware)]
MaybeAt = Annotated[datetime | None, BeforeValidator(_aware)]
Text = Annotated[str, BeforeValidator(_text)]


class Row(BaseModel):
    """One object; ``resource`` is its list in the contract."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_pascal, populate_by_name=True
    )
    resource: ClassVar[str]
    id: int
    customer_number: int | None = None


class Person(BaseModel):
    """Someone that a decision or service is about."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_pascal)
    person_id: Text = ""
    customer_number: int | None = None
    co_applicant: Annotated[
        bool, Field(validation_alias=AliasChoices("CoApplicant", "IsCoApplicant"))
    ] = False


Persons = Annotated[tuple[Person, ...], BeforeValidator(many)]


class Decision(Row):
    """A decision. ``date`` is the day it was taken."""

    resource = "Decisions"
    date: At
    type: Text
    from_date: MaybeAt = None
    to_date: MaybeAt = None
    persons: Annotated[Persons, Field(alias="DecisionPersonDTOs")] = ()


class Service(Row):
    """An insats. Only the extract names its execution."""

    resource = "Services"
    type: Annotated[Text, Field(validation_alias=AliasChoices("Type", "ServiceType"))]
    start_date: MaybeAt = None
    end_date: MaybeAt = None
    decision_id: int | None = None
    execution_id: int | None = None
    persons: Annotated[Persons, Field(alias="ServicePersonDTOs")] = ()


class Execution(Row):
    """The execution of a decision. It names neither the decision nor the service."""

    resource = "Executions"
    type: Text
    from_date: MaybeAt = None
    to_date: MaybeAt = None


class Allocation(Row):
    """A resource given to an insats."""

    resource = "ResourceAllocations"
    start_date: MaybeAt = None
    end_date: MaybeAt = None
    percent: int | None = None
    resource_name: Annotated[Text, Field(alias="Resource")] = ""
    resource_type: Text = ""
    service_id: int | None = None


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that does not follow the contract: as it came, and which column is wrong and how."""

    content: Any
    where: str


def read_row(kind: type[R], content: Any) -> R | Malformed:
    """One object of a list, judged by itself."""
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        return Malformed(content, first_problem(error))


def first_problem(error: ValidationError) -> str:
    """Where the contract is broken and how, without any value."""
    problem = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in problem['loc'])}: {problem['type']}"


def _if_readable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


def _nobody_unless_readable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    return _if_readable(value, read) or ()


MaybeId = Annotated[int | None, WrapValidator(_if_readable)]


class Ties(BaseModel):
    """What a row is about, as far as it can be read, whatever else is wrong with it."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_pascal, populate_by_name=True
    )
    id: MaybeId = None
    customer_number: MaybeId = None
    decision_id: MaybeId = None
    execution_id: MaybeId = None
    service_id: MaybeId = None
    persons: Annotated[
        Persons,
        WrapValidator(_nobody_unless_readable),
        Field(validation_alias=AliasChoices("ServicePersonDTOs", "DecisionPersonDTOs")),
    ] = ()
    type: Annotated[
        str | None,
        WrapValidator(_if_readable),
        Field(validation_alias=AliasChoices("Type", "ServiceType", "ResourceType")),
    ] = None


def ties_of(content: Any) -> Ties:
    """The ties of a row as it came."""
    return Ties.model_validate(content) if isinstance(content, dict) else Ties()


def legal_date(at: datetime | None) -> str | None:
    """The legal date (Stockholm's) of a row's time, as ISO; None for none."""
    return None if at is None else stockholm_date(at).isoformat()


def child(persons: tuple[Person, ...]) -> str | None:
    """The one that a row is about, 12 characters; None where no number can be read."""
    for person in persons:
        if person.person_id and not person.co_applicant:
            try:
                return personnummer.canonical(person.person_id)
            except ValueError:
                return None
    return None

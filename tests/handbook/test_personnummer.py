from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from personnummer import personnummer as oracle
from pydantic import TypeAdapter, ValidationError

from bbic_bridge.handbook.personnummer import (
    Personnummer,
    canonical,
    contains_personnummer,
    mask,
    parse,
)
from tests.handbook.utdrag import INTERIM, PERSONNUMMER, SAMORDNINGSNUMMER

IDAG = date(2026, 11, 22)
OFFICIAL = PERSONNUMMER + SAMORDNINGSNUMMER


def ten(number: str, sign: str | None = None) -> str:
    """The number as 10 digits, with the sign that belongs to its year unless another is given."""
    if sign is None:
        sign = "+" if IDAG.year - int(number[:4]) >= 100 else "-"
    return f"{number[2:8]}{sign}{number[8:]}"


@pytest.mark.parametrize("number", OFFICIAL)
def test_every_published_form_has_one_canonical_form(number: str) -> None:
    forms = {number, f"{number[:8]}-{number[8:]}", ten(number)}
    assert {canonical(form, IDAG) for form in forms} == {number}


def test_twelve_digits_need_no_reference_date() -> None:
    assert [canonical(number) for number in OFFICIAL] == list(OFFICIAL)


def test_ten_digits_need_a_reference_date() -> None:
    with pytest.raises(ValueError, match="12 digits"):
        canonical("160503-2380")


def test_bare_ten_digits_are_read_as_under_a_hundred() -> None:
    assert canonical("1605032380", IDAG) == "201605032380"
    assert canonical("8709012390", IDAG) == "198709012390"


def test_the_sign_follows_the_year_of_the_hundredth_birthday() -> None:
    assert canonical("260104-9030", date(2025, 12, 31)) == "192601049030"
    assert canonical("260104+9030", date(2026, 1, 1)) == "192601049030"
    assert canonical("260104-9030", date(2026, 1, 1)) == "202601049030"


def test_a_plus_sign_on_someone_younger_is_refused() -> None:
    with pytest.raises(ValueError, match="not 100 years old"):
        canonical("20160503+2380", IDAG)


def test_samordningsnummer_with_impossible_dates_have_no_birth_date() -> None:
    undated = [n for n in SAMORDNINGSNUMMER if parse(n).fodd is None]
    assert {n[4:6] == "00" for n in undated} == {True, False}
    assert {n[6:8] == "60" for n in undated} == {True, False}
    assert any(n[4:6] != "00" and n[6:8] != "60" for n in undated)
    assert parse("200904682390").fodd == date(2009, 4, 8)
    assert {parse(n).slag for n in SAMORDNINGSNUMMER} == {"samordningsnummer"}


def test_personnummer_tell_the_birth_date() -> None:
    assert parse("201605032380").fodd == date(2016, 5, 3)


@pytest.mark.parametrize("number", INTERIM)
def test_interim_numbers_keep_their_letters(number: str) -> None:
    assert canonical(f"{number[:8]}-{number[8:]}") == canonical(number) == number
    assert parse(number).slag == "interim"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("201605032381", "check digit"),
        ("201602302380", "date that does not exist"),
        ("201613052388", "date that does not exist"),
        ("201605922382", "date that does not exist"),
        ("20160230T123", "date that does not exist"),
        ("20160503t123", "is not a"),
        ("20160503-TX12", "is not a"),
        ("".join(chr(0xFF10 + int(digit)) for digit in "201605032380"), "is not a"),
        ("".join(chr(0x0660 + int(digit)) for digit in "201605032380"), "is not a"),
        (" 201605032380", "is not a"),
        ("201605032380\n", "is not a"),
        ("20160503--2380", "is not a"),
        ("176605032380", "is not a"),
        ("", "is not a"),
    ],
)
def test_refusals_say_what_is_wrong_and_not_what_was_sent(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as refused:
        canonical(text, IDAG)
    assert not text or text.strip() not in str(refused.value)


@given(st.sampled_from(OFFICIAL), st.integers(2, 11), st.integers(1, 9))
def test_one_wrong_digit_after_the_century_never_passes(number: str, place: int, step: int) -> None:
    wrong = str((int(number[place]) + step) % 10)
    changed = number[:place] + wrong + number[place + 1 :]
    with pytest.raises(ValueError, match=r"check digit|date"):
        canonical(changed)


@given(st.text(max_size=16))
def test_any_text_is_canonical_or_refused(text: str) -> None:
    try:
        once = canonical(text, IDAG)
    except ValueError:
        return
    assert len(once) == 12
    assert canonical(once) == once


@given(st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(10, 9999))
def test_agrees_with_the_personnummer_library(born: date, tail: int) -> None:
    text = f"{born:%Y%m%d}{tail:04d}"
    try:
        ours = canonical(text) == text
    except ValueError:
        ours = False
    assert ours == oracle.valid(text)


@pytest.mark.parametrize("number", SAMORDNINGSNUMMER)
def test_accepts_all_that_the_library_accepts_and_the_odd_ones_it_refuses(number: str) -> None:
    assert oracle.valid(number) == (parse(number).fodd is not None)


@pytest.mark.parametrize(
    "text",
    [
        "201605032380",
        "20160503-2380",
        "ARENDE-160503-2380",
        "A1605032380",
        "a.19870901+2390",
        "x_20160503-T123",
        "20160503TF12",
        "200904682390",
    ],
)
def test_finds_a_number_inside_an_id(text: str) -> None:
    assert contains_personnummer(text)


@pytest.mark.parametrize(
    "text",
    [
        "MALMO-BOU-2025-117",
        "ARENDE-201605032381",
        "2026000123",
        "9201605032380",
        "3f2c1605-0323-4807-8709-201605032380",
        "01JD8Z5N6Q9V4R2T7K3M1X0WYA",
    ],
)
def test_leaves_other_ids_alone(text: str) -> None:
    assert not contains_personnummer(text)


def test_a_field_takes_its_reference_date_from_the_context() -> None:
    field: TypeAdapter[str] = TypeAdapter(Personnummer)
    assert field.validate_python("160503-2380", context={"idag": IDAG}) == "201605032380"
    with pytest.raises(ValidationError, match="12 digits"):
        field.validate_python("160503-2380")


def test_what_is_shown_holds_no_digit() -> None:
    assert not any(sign.isdigit() for sign in mask("201605032380"))
    assert mask("") == ""
    assert "2016" not in repr(parse("201605032380"))

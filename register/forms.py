"""What tables look like: forms with fields, and which headers name them. Recognising a table by its header row.

A form is data (`synonyms.toml` for the register). A header row is a form's when it bears one of the form's marking headers,
or when the name of its file or sheet hints at the form, and at least two of its headers are the form's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from register.cells import Cell, fold, text_of
from register.vocabulary import nearest

HEADER_WITHIN: Final = 20
"""A header is looked for in the first rows only; titles and remarks may stand above it."""


class Form(NamedTuple):
    """One kind of table.

    titles  field → its Chinese name, as findings print it
    marks   folded header → field, wherever it stands; words: likewise, once the form is known
    needs   the fields without which no row makes sense: one of each group
    hints   words in the name of a file or sheet that suggest this form
    others  folded headers that are known to mean nothing here (备注)
    """

    kind: str
    title: str
    titles: Mapping[str, str]
    marks: Mapping[str, str]
    words: Mapping[str, str]
    needs: tuple[tuple[str, ...], ...]
    hints: tuple[str, ...]
    others: frozenset[str]

    def hinted(self, name: str) -> bool:
        return any(hint in name.casefold() for hint in self.hints)


@dataclass(frozen=True, slots=True)
class Header:
    """A recognised header row.

    index    field → position of its cell
    printed  its cells up to the last that is not empty: rows may have as many
    unknown  (header, what was probably meant or None); doubled: headers that name a field a second time
    missing  groups of fields, by their Chinese names, that the form needs and the row lacks
    """

    form: Form
    index: dict[str, int]
    printed: tuple[str, ...]
    unknown: tuple[tuple[str, str | None], ...]
    doubled: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def width(self) -> int:
        return len(self.printed)


def read_forms(words: Mapping[str, Any]) -> tuple[Form, ...]:
    """The forms of a TOML table: `[[forms]]` with `[shared.<field>]` fields they may name."""
    others = frozenset(map(fold, words.get("other_headers", ())))
    return tuple(_form(entry, words.get("shared", {}), others) for entry in words["forms"])


def _form(entry: Mapping[str, Any], shared: Mapping[str, Any], others: frozenset[str]) -> Form:
    fields = dict(entry["fields"]) | {name: shared[name] for name in entry.get("shared", ()) if name not in entry["fields"]}
    marks = {fold(word): name for name, field in fields.items() for word in field.get("headers", ())}
    plain = {fold(word): name for name, field in reversed(fields.items()) for word in field.get("plain", ())}
    return Form(
        entry["kind"],
        entry["title"],
        {name: field["title"] for name, field in fields.items()},
        marks,
        plain | marks,
        tuple(tuple(group) for group in entry["needs"]),
        tuple(entry["hints"]),
        others | set(map(fold, entry.get("others", ()))),
    )


def recognise(cells: Sequence[Cell], forms: Iterable[Form], names: Sequence[str]) -> Header | None:
    """The header in this row, if it is one. `names`: of the sheet, then of the file."""
    printed = [text_of(cell) for cell in cells]
    folded = [fold(text) for text in printed]
    known = tuple(forms)
    hinted = next((form for name in names if name for form in known if form.hinted(name)), None)
    for form in known:
        marked = any(word in form.marks for word in folded)
        if (marked or form is hinted) and len({form.words[word] for word in folded if word in form.words}) >= 2:
            return _header(form, printed, folded)
    return None


def _header(form: Form, printed: list[str], folded: list[str]) -> Header:
    index: dict[str, int] = {}
    unknown: list[tuple[str, str | None]] = []
    doubled: list[str] = []
    for position, (text, word) in enumerate(zip(printed, folded, strict=True)):
        field = form.words.get(word)
        if field is None:
            if word and word not in form.others:
                unknown.append((text, _meant(form, word)))
        elif field in index:
            # a header that marks the form speaks louder than a plain one that stands before it
            if word in form.marks and folded[index[field]] not in form.marks:
                doubled.append(printed[index[field]])
                index[field] = position
            else:
                doubled.append(text)
        else:
            index[field] = position
    missing = tuple(
        " / ".join(form.titles[field] for field in group) for group in form.needs if not any(field in index for field in group)
    )
    width = max((position for position, text in enumerate(printed) if text), default=0) + 1
    return Header(form, index, tuple(printed[:width]), tuple(unknown), tuple(doubled), missing)


def _meant(form: Form, word: str) -> str | None:
    close = nearest(word, list(form.words))
    return form.titles[form.words[close]] if close else None


def looks_like_header(cells: Sequence[Cell], forms: Iterable[Form]) -> bool:
    """Whether a row that is no form's header has two or more words of one: a table somebody meant to be read."""
    folded = {fold(text_of(cell)) for cell in cells} - {""}
    return any(len(folded & form.words.keys()) >= 2 for form in forms)

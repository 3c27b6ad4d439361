"""Pages prepared ahead of their writing, in their order: by the helper, and here where one would have to wait for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.events import Page
from ingest.helper import Helper, HelperGoneError
from ingest.preparing import Prepared

# So many pages are prepared here before their turn; then the helper is waited for.
MOST_HERE = 2


@dataclass(slots=True)
class _Coming:
    """A page whose turn comes. None: the helper has it."""

    page: Page
    prepared: Sequence[Prepared] | None


class Ahead:
    """The pages in their order, each with what its records come to.

    `expects_new` is what whoever writes them has seen: where most is known already, drafting it would be in vain.
    """

    def __init__(
        self, pages: Iterable[Page], prepare: Callable[[Page], Sequence[Prepared]], helper: Helper | None, *, source: str
    ) -> None:
        self._pages = iter(pages)
        self._prepare = prepare
        self._helper = helper
        self._source = source
        self._coming: deque[_Coming] = deque()
        self._fault: Exception | None = None  # of reading or preparing on: told when all before it is written
        self._is_over = False
        self.expects_new = True

    def __iter__(self) -> Iterator[tuple[Page, Sequence[Prepared]]]:
        """What is written while this waits to be asked for more is prepared by then, or soon."""
        while True:
            self._ask()
            if self._is_here():
                yield self._next()
            elif self._num_here() >= self._most_here or not self._prepare_one():
                if not self._coming:
                    break
                yield self._next()
        if self._fault is not None:
            raise self._fault

    @property
    def _most_here(self) -> int:
        return 1 if self._helper is None else MOST_HERE

    def _is_here(self) -> bool:
        """Whether the page whose turn it is need not be waited for."""
        if not self._coming:
            return False
        return self._coming[0].prepared is not None or self._helper is None or self._helper.has_answered()

    def _num_here(self) -> int:
        return sum(1 for each in self._coming if each.prepared is not None)

    def _ask(self) -> None:
        """Give the helper what it can take; what it cannot is prepared here."""
        while self._helper is not None and self._helper.has_room and self._num_here() < MOST_HERE:
            page = self._read()
            if page is None:
                break
            is_taken = self._helper.takes(page.records, source=self._source, drafts=self.expects_new)
            if is_taken:
                self._coming.append(_Coming(page, None))
            else:
                self._prepare_here(page)

    def _prepare_one(self) -> bool:
        page = self._read()
        return page is not None and self._prepare_here(page)

    def _prepare_here(self, page: Page) -> bool:
        """Prepare it. Where that fails, the pages before it are written first."""
        try:
            self._coming.append(_Coming(page, self._prepare(page)))
        except Exception as error:  # told in its turn
            self._fault, self._is_over = error, True
            return False
        return True

    def _read(self) -> Page | None:
        if self._is_over:
            return None
        try:
            page = next(self._pages, None)
        except Exception as error:  # told in its turn
            page, self._fault = None, error
        self._is_over = page is None
        return page

    def _next(self) -> tuple[Page, Sequence[Prepared]]:
        coming = self._coming.popleft()
        prepared = coming.prepared
        if prepared is None and self._helper is not None:
            try:
                prepared = self._helper.answer()
            except HelperGoneError:
                self._helper = None  # from here on everything is done here
        return coming.page, self._prepare(coming.page) if prepared is None else prepared

"""A thread that does waiting work in groups: what comes while one group is done forms the next."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class GroupThread(Generic[T]):
    """Hands items to `work(group)`, in order, at most `size` at a time, in one thread that starts with the first item.

    `work` must not raise; `leave` is called in the thread as the last thing.
    """

    def __init__(self, name: str, size: int, work: Callable[[list[T]], None], leave: Callable[[], None]) -> None:
        self._size = size
        self._work = work
        self._leave = leave
        self._items: SimpleQueue[T | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._is_finished = False

    def put(self, item: T) -> None:
        """Have `item` done with whatever else waits by then."""
        if self._thread.ident is None:
            self._thread.start()
        self._items.put(item)

    def finish(self) -> None:
        """Do what was put so far and end; blocks until then."""
        if self._thread.ident is not None:
            self._items.put(None)
            self._thread.join()

    def _run(self) -> None:
        while not self._is_finished:
            group: list[T] = []
            self._add(group, self._items.get())
            while len(group) < self._size and not self._is_finished:
                try:
                    self._add(group, self._items.get_nowait())
                except Empty:
                    break
            if group:
                self._work(group)
        self._leave()

    def _add(self, group: list[T], item: T | None) -> None:
        if item is None:
            self._is_finished = True
        else:
            group.append(item)

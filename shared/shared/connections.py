"""A connection on which no request begins, or one begins and does not get on, is let go."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Connection(HttpToolsProtocol):
    """The server's own, except that the head of a request has a time in which it must arrive.

    Without it a client that sends a letter a minute would keep its connection for ever, and a few thousand of them
    would leave none for anybody else. What was sent of a body after its answer counts as waiting for the next head.
    """

    HEAD_WITHIN = 20.0
    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the server's own
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        answering = self.cycle is not None and not self.cycle.response_complete
        if not answering and self._head_due is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head_due = self.loop.call_later(self.HEAD_WITHIN, self._let_go)

    def _stop_waiting(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _let_go(self) -> None:
        self._head_due = None
        if not self.transport.is_closing():
            self.transport.close()

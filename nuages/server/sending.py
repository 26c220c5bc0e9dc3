"""Sending a response: held content at once, files by the server itself, streams piece by piece."""

from __future__ import annotations

from nuages.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from nuages.server.body import Bridge
from nuages.server.draining import Drain
from nuages.server.protocol import HTTPProtocol, Scope


def send(
    scope: Scope, protocol: HTTPProtocol, response: HttpResponseBase, bridge: Bridge, head_only: bool
) -> int:
    """Send `response` from the lane that made it; return the number of bytes where it is known, else -1."""
    status, headers = response.status_code, response.header_list()
    if head_only or status in (204, 304) or status < 200:
        protocol.response_empty(status, headers)
        return 0
    if not isinstance(response, StreamingHttpResponse):
        content = response.content  # type: ignore[attr-defined]
        protocol.response_bytes(status, headers, content)
        return len(content)
    if isinstance(response, FileResponse) and (place := response.file_on_disk()):
        path, offset, length = place
        if offset:
            protocol.response_file_range(status, headers, path, offset, offset + length)
        else:
            protocol.response_file(status, headers, path)
        return length
    transport = protocol.response_stream(status, headers)
    drain = Drain(scope, bridge)
    sent = 0
    try:
        for piece in response.chunks():
            if piece:
                sent += len(piece)
                bridge.wait(transport.send_bytes(piece))
                # Granian takes a piece at once, and passes it on only when the loop gets a turn.
                bridge.let_others_run()
                drain.passed(len(piece))
    finally:
        drain.close()
        # The response ends with the last reference to it; an error that somebody keeps would keep this frame's.
        del transport
    return sent

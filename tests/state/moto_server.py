"""Moto's S3 in a process of its own: ``python -m tests.state.moto_server``. Says on stderr where it listens."""

from __future__ import annotations

import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log_request(self, *args: object, **kwargs: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until the process is ended."""
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=False, request_handler=_Quiet)
    sys.stderr.write(f"listening on http://127.0.0.1:{server.port}\n")
    sys.stderr.flush()
    server.serve_forever(poll_interval=0.02)


if __name__ == "__main__":
    main()

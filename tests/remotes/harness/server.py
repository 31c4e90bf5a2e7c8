"""A stand-in for Harness NextGen over real HTTP.

It holds every request against the published interface, keeps state, and is as odd as the real one:

=====================================  ================================================================
oddity                                 where
=====================================  ================================================================
200 for creates, one success envelope  `_answer`
not found is 400 for groups, secrets   `group_endpoints.read`, `other_endpoints.read_secret`
not found is 404 for pipelines         `other_endpoints.read_pipeline`
a duplicate is 400 DUPLICATE_FIELD     `group_endpoints.create`, `other_endpoints.create_secret`
a second SMTP configuration is 400     `smtp_endpoints.create`
GET smtp takes ``accountId``           `smtp_endpoints.read`; the writes take ``accountIdentifier``
no SMTP configuration is null          `smtp_endpoints.read`
the mask of 14 asterisks               `smtp_endpoints`: answers to writes always show it, a GET if there is a password
a PUT with the mask                    keeps the password, or stores the mask where there was none
a PUT without password                 deletes it
a PUT or DELETE of an unknown uuid     400, never 404
delegate selectors are a set           `smtp_endpoints._shown` shuffles them, and leaves out an empty one
a test mail that fails                 200 with ``valid: false``
members as ids, and as addresses       `group_endpoints`, older and newer API
unknown members are dropped            `group_endpoints._ids`
order and case of members are lost     `group_endpoints._kept`, `_ids`
``sendEmailToAllUsers`` left out       true
one entry for each type                a second is 400
a group that others rule               name and members are refused, deletes too
a search is a pattern                  `group_endpoints.list_`
pages of at most 100                   `group_endpoints.page`
an inline secret's value is null       `other_endpoints._secret_shown`; a PUT without one keeps it
the text of a pipeline as saved        `other_endpoints.read_pipeline`, unsound YAML too
a policy that denies                   200 with ``deny: true``, nothing saved
``public`` left out                    hides a public pipeline
If-Match                               is not looked at
a file in git that moved               ``lastObjectId`` is compared
no newer API of groups                 `Account.has_v2`: 404 without JSON
=====================================  ================================================================
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.remotes.harness import group_endpoints as groups
from tests.remotes.harness import other_endpoints as others
from tests.remotes.harness import smtp_endpoints as smtp
from tests.remotes.harness.account import Account, Request
from tests.remotes.harness.refusals import CORRELATION, Refusal, error, failure
from tests.remotes.harness.validation import template_of, violation

Endpoint = Callable[..., Any]

_ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/ng/api/smtpConfig"): smtp.read,
    ("POST", "/ng/api/smtpConfig"): smtp.create,
    ("PUT", "/ng/api/smtpConfig"): smtp.update,
    ("DELETE", "/ng/api/smtpConfig/{identifier}"): smtp.delete,
    ("POST", "/ng/api/smtpConfig/validateName"): smtp.validate_name,
    ("POST", "/ng/api/smtpConfig/validate-connectivity"): smtp.test_mail,
    ("GET", "/ng/api/user-groups"): groups.list_,
    ("POST", "/ng/api/user-groups"): groups.create,
    ("PUT", "/ng/api/user-groups"): groups.update,
    ("GET", "/ng/api/user-groups/{identifier}"): groups.read,
    ("DELETE", "/ng/api/user-groups/{identifier}"): groups.delete,
    ("POST", "/ng/api/user-groups/{identifier}/users"): groups.users,
    ("POST", "/ng/api/v2/user-groups"): partial(groups.create, v2=True),
    ("PUT", "/ng/api/v2/user-groups"): partial(groups.update, v2=True),
    ("GET", "/ng/api/v2/user-groups/{identifier}"): partial(groups.read, v2=True),
    ("GET", "/ng/api/v2/secrets"): others.list_secrets,
    ("POST", "/ng/api/v2/secrets"): others.create_secret,
    ("GET", "/ng/api/v2/secrets/{identifier}"): others.read_secret,
    ("PUT", "/ng/api/v2/secrets/{identifier}"): others.update_secret,
    ("DELETE", "/ng/api/v2/secrets/{identifier}"): others.delete_secret,
    ("POST", "/pipeline/api/pipelines/list"): others.list_pipelines,
    ("GET", "/pipeline/api/pipelines/{pipelineIdentifier}"): others.read_pipeline,
    ("PUT", "/pipeline/api/pipelines/v2/{pipelineIdentifier}"): others.write_pipeline,
    ("GET", "/ng/api/organizations"): others.list_organizations,
    ("GET", "/ng/api/projects"): others.list_projects,
    ("POST", "/authz/api/acl"): others.permissions,
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    account: Account
    prefix: str
    lock: Lock

    def _handle(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.lock:
            try:
                status, body = 200, self._answer(content)
            except Refusal as refusal:
                status, body = refusal.status, refusal.body
        self._send(status, body)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - the names that the library calls

    def _answer(self, content: bytes) -> Any:
        parts = urlsplit(self.path)
        if not parts.path.startswith(self.prefix):
            raise Refusal(404, "<html>no such page</html>")
        request = self._request(parts.path.removeprefix(self.prefix), parts.query, content)
        self.account.requests.append(request)
        if self.headers.get("x-api-key") != self.account.token:
            raise error("INVALID_TOKEN", "Token is not valid", 401)
        kind = (self.headers.get("Content-Type") or "").partition(";")[0]
        wrong = violation(request.method, request.path, request.query, kind, request.body)
        if wrong is not None:
            self.account.violations.append(wrong)
            raise failure(wrong)
        if request.query.get("accountIdentifier", self.account.id) != self.account.id:
            raise error("INVALID_REQUEST", "The token is of another account")
        return {"status": "SUCCESS", "data": self._call(request), "metaData": None, "correlationId": CORRELATION}

    def _request(self, path: str, query: str, content: bytes) -> Request:
        text = content.decode()
        is_json = (self.headers.get("Content-Type") or "").startswith("application/json")
        body = (json.loads(text) if is_json else text) if content else None
        return Request(self.command, path, dict(parse_qsl(query, keep_blank_values=True)), body)

    def _call(self, request: Request) -> Any:
        template = template_of(request.path) or ""
        if "/v2/user-groups" in template and request.method == "GET" and not self.account.has_v2:
            raise Refusal(404, "<html>HTTP 404 Not Found</html>")
        endpoint = _ENDPOINTS[request.method, template]
        named = [
            unquote(part)
            for part, name in zip(request.path.split("/"), template.split("/"), strict=True)
            if name.startswith("{")
        ]
        return endpoint(self.account, request, *named)

    def _send(self, status: int, body: Any) -> None:
        kind, content = ("text/html", body) if isinstance(body, str) else ("application/json", json.dumps(body))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content.encode())))
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


@contextmanager
def harness_server(account: Account, *, prefix: str = "/gateway") -> Iterator[str]:
    """A running stand-in; gives its URL with the prefix."""
    handler = type("Handler", (_Handler,), {"account": account, "prefix": prefix, "lock": Lock()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)

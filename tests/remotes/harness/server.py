"""A stand-in for Harness NextGen over real HTTP.

It holds every request against the published interface, keeps state (`tests.remotes.harness.account`), and is as odd as
the real one. The letter says how well a fact is known: D documented, S read in the server's published source or in the
SDK, I inferred.

===================================================  =  ==============================================================
oddity                                                  where
===================================================  =  ==============================================================
200 for creates, one success envelope                D  `_Handler._answer`
five envelopes say no, and pages that are no JSON    S  `refusals`
not found is 400 for groups and secrets              S  `group_endpoints.read`, `secret_endpoints.read`
not found is 404 for pipelines                       S  `pipeline_endpoints._found`
a duplicate is 400 DUPLICATE_FIELD                   S  `group_endpoints.create`, `secret_endpoints.create`
a token that is unknown, or ran out: 401             D  `_Handler._check_token`
no permission: 403 with the failed checks            S  `permissions.require`
no permission for a list: an empty list              S  `permissions.shows`; pipelines, projects I
pages of at most 100                                 D  `answers.page`; more is refused
what is not published is refused                     I  `validation`: the real one overlooks unknown parameters
a second SMTP configuration is 400                   S  `smtp_endpoints.create`
GET smtp takes ``accountId``                         D  `smtp_endpoints.read`; the writes take ``accountIdentifier``
no SMTP configuration is null                        S  `smtp_endpoints.read`
answers to writes always show the mask               S  `smtp_endpoints._shown`; a GET if there is a password
a PUT with the mask                                  S  keeps the password, or stores the mask where there was none
a PUT without password                               S  deletes it
a PUT without uuid                                   I  500
a PUT or DELETE of an unknown uuid                   S  400, never 404
the password is a string                             I  `Account.mask_as_list` answers as the published document has it
delegate selectors are a set                         S  `smtp_endpoints._shown` scatters them, leaves out an empty one
a test mail that fails                               S  200 with ``valid: false``
members as ids, and as addresses                     D  `group_endpoints.shown`, older and newer API
unknown members are dropped                          S  `group_rules.ids_of`, `group_rules.kept`
order and case of members are lost                   S  `group_rules.kept`, `group_rules.ids_of`
``sendEmailToAllUsers`` left out                     S  true
one entry for each type                              S  `group_rules.check_entries`
WEBHOOK is no type of older servers                  S  `Account.takes_webhooks`
what is left out is cleared                          S  `group_rules.kept`: "", {}, []
``isSsoLinked`` is written, ``ssoLinked`` is read    D  `group_rules.kept`
the scope of the body must be that of the query      S  `group_rules.check_scope`; of secrets also where it is left out
PUT and DELETE of a missing group                    S  400 INVALID_ARGUMENT, USER_GROUP_ERROR
a group that others rule                             S  `group_rules.check_change`; linked to SSO I
a search is a pattern                                S  `group_lists._fits`; what is none is 500 I
a list is of one scope                               D  `group_lists._selected`: ``filterType``
``ETag: W/1``, no quotes                             S  `_Handler._answer`; ``If-None-Match`` gives 304
no newer read of groups                              D  `Account.has_v2`; how that is answered I
a policy that denies: 200, nothing saved             S  ``governanceMetadata.deny``, of groups and secrets alone
an inline secret's value is null                     S  `secret_endpoints._shown`; a PUT without one keeps it
the manager of a secret cannot be changed            S  `secret_endpoints.update`
PUT of a missing secret 400, DELETE 404              S  INVALID_REQUEST, ENTITY_NOT_FOUND
a secret that is in use                              S  `secret_endpoints.delete`, the code I
the text of a pipeline as saved                      I  `pipeline_endpoints.read`, unsound YAML too, with 200
the identifier of the path is that of the YAML       S  `pipeline_endpoints.update`
``public`` left out hides a public pipeline          S  `pipeline_endpoints._saved`
If-Match is not looked at                            S  `pipeline_endpoints.update`
a file in git that moved                             D  `pipeline_endpoints._commit`: ``lastObjectId``; the code I
pipelines in the pages of Spring                     D  `pipeline_endpoints._spring`
the edition                                          S  `platform_endpoints.version`: ``deployMode``
===================================================  =  ==============================================================
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import sleep
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.remotes.harness import group_endpoints as groups
from tests.remotes.harness import group_lists, pipeline_endpoints, platform_endpoints, secret_endpoints
from tests.remotes.harness import smtp_endpoints as smtp
from tests.remotes.harness.account import Account, Request
from tests.remotes.harness.answers import Bare, Tagged
from tests.remotes.harness.refusals import CORRELATION, Refusal, error, failure, gone, page
from tests.remotes.harness.schemas import template_of
from tests.remotes.harness.validation import violation, wrong_answer

Endpoint = Callable[..., Any]

ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/ng/api/smtpConfig"): smtp.read,
    ("POST", "/ng/api/smtpConfig"): smtp.create,
    ("PUT", "/ng/api/smtpConfig"): smtp.update,
    ("DELETE", "/ng/api/smtpConfig/{identifier}"): smtp.delete,
    ("POST", "/ng/api/smtpConfig/validateName"): smtp.validate_name,
    ("POST", "/ng/api/smtpConfig/validate-connectivity"): smtp.test_mail,
    ("GET", "/ng/api/user-groups"): group_lists.list_,
    ("POST", "/ng/api/user-groups"): groups.create,
    ("PUT", "/ng/api/user-groups"): groups.update,
    ("GET", "/ng/api/user-groups/{identifier}"): groups.read,
    ("DELETE", "/ng/api/user-groups/{identifier}"): groups.delete,
    ("POST", "/ng/api/user-groups/batch"): group_lists.batch,
    ("POST", "/ng/api/user-groups/filter"): group_lists.filter_,
    ("POST", "/ng/api/user-groups/{identifier}/users"): group_lists.users,
    ("GET", "/ng/api/user-groups/{identifier}/member/{userIdentifier}"): group_lists.has_member,
    ("PUT", "/ng/api/user-groups/{identifier}/member/{userIdentifier}"): group_lists.change_member,
    ("DELETE", "/ng/api/user-groups/{identifier}/member/{userIdentifier}"): group_lists.change_member,
    ("POST", "/ng/api/v2/user-groups"): partial(groups.create, v2=True),
    ("PUT", "/ng/api/v2/user-groups"): partial(groups.update, v2=True),
    ("GET", "/ng/api/v2/user-groups/{identifier}"): partial(groups.read, v2=True),
    ("GET", "/ng/api/v2/secrets"): secret_endpoints.list_,
    ("POST", "/ng/api/v2/secrets"): secret_endpoints.create,
    ("GET", "/ng/api/v2/secrets/{identifier}"): secret_endpoints.read,
    ("PUT", "/ng/api/v2/secrets/{identifier}"): secret_endpoints.update,
    ("DELETE", "/ng/api/v2/secrets/{identifier}"): secret_endpoints.delete,
    ("POST", "/pipeline/api/pipelines/list"): pipeline_endpoints.list_,
    ("POST", "/pipeline/api/pipelines/v2"): pipeline_endpoints.create,
    ("GET", "/pipeline/api/pipelines/{pipelineIdentifier}"): pipeline_endpoints.read,
    ("PUT", "/pipeline/api/pipelines/v2/{pipelineIdentifier}"): pipeline_endpoints.update,
    ("DELETE", "/pipeline/api/pipelines/{pipelineIdentifier}"): pipeline_endpoints.delete,
    ("GET", "/ng/api/organizations"): platform_endpoints.list_organizations,
    ("GET", "/ng/api/projects"): platform_endpoints.list_projects,
    ("GET", "/ng/api/accounts/{accountIdentifier}"): platform_endpoints.read_account,
    ("GET", "/ng/api/accounts/feature-flags/{accountIdentifier}"): platform_endpoints.feature_flags,
    ("POST", "/authz/api/acl"): platform_endpoints.permissions,
    ("GET", "/api/version"): platform_endpoints.version,
    ("GET", "/ng/api/version"): platform_endpoints.ng_version,
}
PUBLIC = frozenset({"/api/version", "/ng/api/version"})
"""What is answered without a token."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    account: Account
    prefix: str
    lock: Lock

    def _handle(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = self._request(content)
        with self.lock:
            self.account.requests.append(request)
            trouble = self.account.trouble_for(request)
            answer = trouble.answer if trouble is not None else None
            if answer is None or (trouble is not None and trouble.carried_out):
                given = self._given(request, content)
                answer = answer or given
            request.status = answer.status or 0
        sleep(self.account.latency + (trouble.delay if trouble is not None else 0.0))
        self._send(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _handle  # noqa: N815 - the names that the library calls

    def _request(self, content: bytes) -> Request:
        parts = urlsplit(self.path)
        queries = parse_qsl(parts.query, keep_blank_values=True)
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = parts.path.removeprefix(self.prefix) if parts.path.startswith(self.prefix) else parts.path
        body = _body(content, headers.get("content-type", ""))
        return Request(self.command, path, dict(queries), body, headers, queries)

    def _given(self, request: Request, content: bytes) -> Refusal:
        """The answer to a request, whether it is a success or not."""
        try:
            answer = self._answer(request, content)
        except Refusal as refusal:
            answer = refusal
        if self.account.checks_answers and answer.status is not None:
            wrong = wrong_answer(request.method, request.path, answer.status, answer.body)
            self.account.wrong_answers += [wrong] if wrong is not None else []
        return answer

    def _answer(self, request: Request, content: bytes) -> Refusal:
        if not urlsplit(self.path).path.startswith(f"{self.prefix}/"):
            raise page(404)
        if request.path not in PUBLIC:
            self._check_token(request)
        wrong = violation(request, content)
        if wrong is not None:
            self.account.violations.append(wrong)
            raise failure(wrong)
        for name in ("accountIdentifier", "accountId"):
            if request.query.get(name, self.account.id) != self.account.id:
                raise error("INVALID_REQUEST", f"The token is not of the account {request.query[name]}")
        return self._enveloped(request, self._called(request))

    def _check_token(self, request: Request) -> None:
        token = request.headers.get("x-api-key", "")
        if token not in self.account.denials:
            raise error("INVALID_TOKEN", "Token is not valid", 401)
        if token in self.account.expired:
            raise error("EXPIRED_TOKEN", "Token has expired", 401)

    def _called(self, request: Request) -> Any:
        template = template_of(request.path, request.method) or ""
        if not self.account.has_v2 and (request.method, template) == ("GET", "/ng/api/v2/user-groups/{identifier}"):
            raise page(404) if self.account.missing_v2_as == 404 else gone("HTTP 404 Not Found: the path")
        pairs = zip(request.path.split("/"), template.split("/"), strict=True)
        named = [unquote(part) for part, name in pairs if name.startswith("{")]
        return ENDPOINTS[request.method, template](self.account, request, *named)

    def _enveloped(self, request: Request, found: Any) -> Refusal:
        if isinstance(found, Bare):
            return Refusal(200, found.body)
        headers = {}
        if isinstance(found, Tagged):
            headers["ETag"] = f"W/{found.version}"
            known = request.headers.get("if-none-match", "").removeprefix("W/").removesuffix("--gzip")
            if request.method == "GET" and known == str(found.version):
                return Refusal(304, None, headers)
            found = found.data
        whole = {"status": "SUCCESS", "data": found, "metaData": None, "correlationId": CORRELATION}
        return Refusal(200, whole, headers)

    def _send(self, answer: Refusal) -> None:
        if answer.status is None:
            self.close_connection = True
            return
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        content = text.encode() if answer.status != 304 else b""
        self.send_response(answer.status)
        for name, value in ({"Content-Type": "application/json"} | answer.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


def _body(content: bytes, kind: str) -> Any:
    """A body as JSON, or as text where it is something else; None where there is none."""
    text = content.decode("utf-8", "replace")
    if not kind.startswith("application/json"):
        return text if content else None
    try:
        return json.loads(text) if content else None
    except ValueError:
        return text


@contextmanager
def harness_server(account: Account, *, prefix: str = "/gateway") -> Iterator[str]:
    """A running stand-in on a free port of loopback; gives its URL with the prefix.

    Args:
        account: what it serves; changed while it runs, the next request sees it.
        prefix: before each path, as at app.harness.io; empty where an installation has none.
    """
    handler = type("Handler", (_Handler,), {"account": account, "prefix": prefix, "lock": Lock()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    account.url = f"http://127.0.0.1:{server.server_port}{prefix}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield account.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)

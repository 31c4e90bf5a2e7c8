"""The API as an ASGI application. Its specification is ``schemas/remote-api.openapi.yaml``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from declarative_mail import __version__
from declarative_mail.remotes.rest.server.objects import KeyReused, Objects, Stored, Taken
from declarative_mail.remotes.rest.server.requests import (
    Problem,
    check_attributes,
    check_type,
    read_body,
    read_page,
    write_cursor,
)
from declarative_mail.remotes.rest.wire import API_VERSION, PREFIX, without_values
from declarative_mail.resources.registry import resource_types
from declarative_mail.secrets import Secret

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

LONGEST_KEY = 200
"""Characters of an Idempotency-Key."""


def create_app(objects: Objects, token: Secret | None) -> Starlette:
    """The application.

    Args:
        objects: what it serves.
        token: what every request must bear; None lets everybody in.
    """
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    api = _Api(objects, token)
    routes = [
        Route(PREFIX, api.answer(api.info), methods=["GET"]),
        Route(f"{PREFIX}/{{type}}", api.answer(api.list_or_create), methods=["GET", "POST"]),
        Route(f"{PREFIX}/{{type}}/{{id:path}}", api.answer(api.one), methods=["GET", "PUT", "DELETE"]),
    ]

    async def refuse(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
        title = "There is no such path" if error.status_code == 404 else error.detail
        return _problem(Problem(error.status_code, "no-such-path", title), dict(error.headers or {}))

    return Starlette(routes=routes, exception_handlers={HTTPException: refuse})


def _json(document: Any, status: int = 200, **headers: str) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse(document, status, headers={"X-Request-Id": uuid4().hex, **headers})


def _problem(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    from starlette.responses import JSONResponse

    given = {"X-Request-Id": uuid4().hex, **(headers or {})}
    return JSONResponse(problem.data, problem.status, headers=given, media_type="application/problem+json")


class _Api:
    """The operations. All of them run on the event loop: a call of SQLite takes less than a switch of threads."""

    def __init__(self, objects: Objects, token: Secret | None) -> None:
        self._objects = objects
        self._bearer = f"Bearer {token.reveal()}".encode() if token is not None else None

    def answer(self, call: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Ask for the token first, and turn problems into answers."""

        async def answered(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if self._bearer is not None and not compare_digest(given, self._bearer):
                problem = Problem(401, "unauthorized", "The token is missing or wrong")
                return _problem(problem, {"WWW-Authenticate": "Bearer"})
            try:
                return await call(request)
            except Problem as problem:
                return _problem(problem)

        return answered

    async def info(self, _request: Request) -> Response:
        """``GET /v1``"""
        return _json({"api_version": API_VERSION, "server": f"dmail {__version__}", "types": list(resource_types())})

    async def list_or_create(self, request: Request) -> Response:
        """``GET`` and ``POST /v1/TYPE``"""
        type_ = check_type(request.path_params["type"])
        return await self._create(request, type_) if request.method == "POST" else self._list(request, type_)

    def _list(self, request: Request, type_: str) -> Response:
        after, limit = read_page(request.query_params)
        key = request.query_params.get("natural_key")
        found = self._objects.page(type_, after=after, limit=limit + 1, natural_key=key)
        page = found[:limit]
        following = write_cursor(page[-1].number) if len(found) > limit else None
        return _json({"items": [one.data for one in page], "next": following})

    async def _create(self, request: Request, type_: str) -> Response:
        attributes = read_body(await request.body(), request.headers.get("content-type", ""))
        call = _call(request, type_, attributes)
        made = self._made_before(type_, call)
        if made is None:
            key = check_attributes(type_, attributes, stored=None)
            try:
                made = self._objects.create(type_, key, without_values(attributes), call=call)
            except Taken as taken:
                raise _taken(taken) from None
        return _json(made.data, 201, ETag=made.etag, Location=f"{PREFIX}/{type_}/{made.id}")

    def _made_before(self, type_: str, call: tuple[str, str] | None) -> Stored | None:
        """What the same call made when it came first; an object that is gone since is made anew by nobody."""
        try:
            id_ = self._objects.made_by(*call) if call is not None else None
        except KeyReused:
            title = "The idempotency key was used for another object"
            raise Problem(422, "key-reused", title) from None
        if id_ is None:
            return None
        made = self._objects.get(type_, id_)
        if made is None:
            raise Problem(409, "deleted-since", "The object that this call made was deleted since")
        return made

    async def one(self, request: Request) -> Response:
        """``GET``, ``PUT`` and ``DELETE /v1/TYPE/ID``"""
        type_ = check_type(request.path_params["type"])
        stored = self._objects.get(type_, request.path_params["id"])
        if stored is None:
            raise Problem(404, "no-such-object", "There is no such object")
        if request.method == "PUT":
            return await self._update(request, stored)
        if request.method == "DELETE":
            return self._delete(request, stored)
        return _json(stored.data, ETag=stored.etag)

    async def _update(self, request: Request, stored: Stored) -> Response:
        _check_version(request, stored)
        attributes = read_body(await request.body(), request.headers.get("content-type", ""))
        key = check_attributes(stored.type, attributes, stored=stored.attributes)
        try:
            made = self._objects.update(stored, key, without_values(attributes))
        except Taken as taken:
            raise _taken(taken) from None
        if made is None:
            raise _moved()
        return _json(made.data, ETag=made.etag)

    def _delete(self, request: Request, stored: Stored) -> Response:
        from starlette.responses import Response

        _check_version(request, stored)
        if not self._objects.delete(stored):
            raise _moved()
        return Response(status_code=204, headers={"X-Request-Id": uuid4().hex})


def _call(request: Request, type_: str, attributes: dict[str, Any]) -> tuple[str, str] | None:
    """The idempotency key of a create and a digest of what it asks for, without the values of secrets."""
    import json

    key: str | None = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY:
        raise Problem(400, "bad-header", "Bad Idempotency-Key", detail=f"It has 1 to {LONGEST_KEY} characters.")
    asked = json.dumps([type_, without_values(attributes)], sort_keys=True)
    return key, sha256(asked.encode()).hexdigest()


def _check_version(request: Request, stored: Stored) -> None:
    given = request.headers.get("if-match")
    if given is None:
        title = "If-Match is missing"
        raise Problem(428, "no-version", title, detail="Read the object and send its ETag.")
    if stored.etag not in [one.strip() for one in given.split(",")] and given.strip() != "*":
        raise _moved()


def _moved() -> Problem:
    return Problem(412, "moved", "The object was changed since it was read")


def _taken(taken: Taken) -> Problem:
    return Problem(409, "exists", "Another object has this natural key", id=str(taken))

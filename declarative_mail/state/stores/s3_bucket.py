"""Objects in a bucket, read and written under conditions: the only user of boto3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.state.stores.base import DEFAULT_STATE, Stored, extra_missing

_CONDITION_FAILED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_REFUSED = frozenset({401, 403})
_NO_CREDENTIALS = frozenset({"NoCredentialsError", "PartialCredentialsError", "TokenRetrievalError"})
_UNREACHED = frozenset({"EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"})


class S3Settings(Struct, frozen=True):
    """The attributes of ``backend "s3"``. Credentials come from where the AWS tools find them.

    Args:
        bucket: must exist; its versions, where it keeps them, are backups.
        key: the object; tells several environments apart. The lock is the object ``<key>.lock``.
        region: empty: as the AWS tools find it.
        endpoint: the URL of another server that speaks S3.
        profile: of the AWS configuration.
        use_path_style: the bucket stands in the path and not in the host name.
        kms_key_id: encrypts the objects on the server with this key.
    """

    bucket: str
    key: str = DEFAULT_STATE
    region: str = ""
    endpoint: str = ""
    profile: str = ""
    use_path_style: bool = False
    kms_key_id: str = ""


class ConditionFailed(Exception):  # noqa: N818  # named after what happened, as the other exceptions of this package
    """The object is not the one that the condition names, or somebody else writes it at this moment."""


class Bucket:
    """The objects of one state."""

    def __init__(self, settings: S3Settings) -> None:
        """Nothing is sent yet.

        Raises:
            DiagnosticError: boto3 is not installed, or does not take the settings.
        """
        try:
            from boto3.session import Session
            from botocore.config import Config
        except ImportError:
            raise extra_missing("s3", "boto3") from None
        self.name = f"s3://{settings.bucket}/{settings.key}"
        self._bucket = settings.bucket
        self._encryption = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": settings.kms_key_id} if settings.kms_key_id else {}
        )
        config = Config(
            retries={"mode": "standard", "max_attempts": 5},
            connect_timeout=10,
            read_timeout=60,
            s3={"addressing_style": "path" if settings.use_path_style else "auto"},
            request_checksum_calculation="when_required",  # other servers do not know the newer checksums
        )
        with self._mapped_errors():
            session = Session(profile_name=settings.profile or None, region_name=settings.region or None)
            self._client: Any = session.client("s3", endpoint_url=settings.endpoint or None, config=config)

    def get(self, key: str) -> Stored | None:
        """An object and its etag, None where there is none."""
        with self._mapped_errors():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
            except self._client.exceptions.NoSuchKey:
                return None
            return Stored(answer["Body"].read(), answer["ETag"])

    def put(self, key: str, data: bytes, *, expected: str | None) -> str:
        """Replace the object that has this etag, or make it where `expected` is None. Gives the new etag.

        Raises:
            ConditionFailed: it is another one.
        """
        condition = {"IfNoneMatch": "*"} if expected is None else {"IfMatch": expected}
        with self._mapped_errors():
            answer = self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=data,
                ContentType="application/json",
                **condition,
                **self._encryption,
            )
        return str(answer["ETag"])

    def delete(self, key: str, *, expected: str) -> None:
        """Delete the object that has this etag.

        Raises:
            ConditionFailed: it is another one.
        """
        with self._mapped_errors():
            self._client.delete_object(Bucket=self._bucket, Key=key, IfMatch=expected)

    @contextmanager
    def _mapped_errors(self) -> Iterator[None]:
        """Errors of the server and of the library become ours, here and nowhere else."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            raise self._answered(error.response) from None
        except (BotoCoreError, ValueError) as error:
            raise DiagnosticError(self._failed(type(error).__name__, str(error))) from None

    def _answered(self, response: Any) -> Exception:
        code, message = response["Error"].get("Code", ""), response["Error"].get("Message", "")
        status = response["ResponseMetadata"].get("HTTPStatusCode")
        if code in _CONDITION_FAILED or status == 412:
            return ConditionFailed(code)
        cause = f"{code}: {message}" if message else code
        if code == "NoSuchKey":  # a condition on an object that is gone
            return ConditionFailed(code)
        if code == "NoSuchBucket":
            detail = f"{self.name}: the bucket does not exist. Make it first, with versioning so that it keeps backups."
            return DiagnosticError(Diagnostic(codes.STORE_SETTING, detail, cause=cause))
        if status in _REFUSED:
            detail = (
                f"{self.name} may not be used with the AWS credentials that were found: s3:GetObject, s3:PutObject "
            )
            detail += "and s3:DeleteObject are needed on the state and on its lock."
            return DiagnosticError(Diagnostic(codes.STORE_REFUSED, detail, cause=cause))
        if status == 501:
            return DiagnosticError(without_conditions(self.name, cause))
        detail = f"{self.name} was answered with an error that a state store does not give in this place."
        return DiagnosticError(Diagnostic(codes.STORE_ANSWER, detail, cause=cause))

    def _failed(self, kind: str, message: str) -> Diagnostic:
        if kind in _NO_CREDENTIALS:
            detail = (
                f"{self.name} needs AWS credentials, and none were found. `aws sts get-caller-identity` shows them."
            )
            return Diagnostic(codes.STORE_REFUSED, detail, cause=message)
        if kind in _UNREACHED:
            detail = f"{self.name} cannot be reached. Check `endpoint`, `region` and the network between."
            return Diagnostic(codes.UNREACHABLE, detail, cause=message)
        detail = f"{self.name} cannot be used with these settings. Check those of the backend and of AWS."
        return Diagnostic(codes.STORE_SETTING, detail, cause=message)


def without_conditions(name: str, cause: str | None = None) -> Diagnostic:
    """The fault of a server that does not compare before it writes: nothing could be locked there."""
    return Diagnostic(
        codes.WITHOUT_CONDITIONS,
        f"{name}: the server does not know conditional writes (If-None-Match, If-Match), without which two runs at "
        "once cannot be kept apart. Nothing was changed. Use a newer server, or another store.",
        cause=cause,
    )

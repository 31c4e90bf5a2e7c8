"""The stores that tests run against, each on a real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from tests.state.http_state_server import StateServer, running_state_server
from tests.state.servers import running_moto, running_postgres
from tests.state.stores import StoreAt, stores
from tests.support.zygote import zygote

__all__ = ["zygote"]

BUCKET = "states"
AWS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

_numbers = count()


@pytest.fixture
def state_server() -> Iterator[StateServer]:
    """A fresh HTTP state server."""
    with running_state_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The connection string of a PostgreSQL server."""
    with running_postgres() as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The URL of an S3 server with the bucket."""
    import botocore.session

    with pytest.MonkeyPatch.context() as patch, running_moto() as url:
        # Each client parses the same megabyte of service descriptions again: a second for a test that opens three.
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        for name, value in AWS.items():
            patch.setenv(name, value)
        from boto3.session import Session

        Session().client("s3", endpoint_url=url).create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        yield url


@pytest.fixture
def local_at(tmp_path: Path) -> StoreAt:
    """A state file in a fresh folder."""
    return StoreAt("local", {}, str(tmp_path))


@pytest.fixture
def http_at(state_server: StateServer) -> StoreAt:
    """A fresh address on a state server."""
    return StoreAt("http", {"address": f"{state_server.url}/states/prod", "retry_wait_min": 0})


@pytest.fixture
def s3_at(s3_server: str) -> StoreAt:
    """A fresh key in a bucket."""
    arguments = {"bucket": BUCKET, "key": f"key-{next(_numbers)}/état", "endpoint": s3_server, "use_path_style": True}
    return StoreAt("s3", arguments, environment=AWS)


@pytest.fixture
def postgres_at(postgres_server: str) -> StoreAt:
    """A fresh schema in a database."""
    return StoreAt("postgres", {"conn_str": postgres_server, "schema_name": f'state "{next(_numbers)}"'})


@pytest.fixture(params=stores("local", "http", "s3", "postgres"))
def store_at(request: pytest.FixtureRequest) -> StoreAt:
    """Each kind of store in turn. A test for some: ``parametrize("store_at", stores(…), indirect=True)``."""
    found: StoreAt = request.getfixturevalue(f"{request.param}_at")
    return found

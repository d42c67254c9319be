"""The longest stories run on one database in `make test`, some on this one and some on that, and on the other in `make test-faults`."""

import pytest

SQLITE_FIRST = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)
POSTGRESQL_FIRST = pytest.mark.parametrize(
    "database_url", ["postgresql", pytest.param("sqlite", marks=pytest.mark.long)], indirect=True
)

"""Words shared by everything that takes part in writing a query."""

from __future__ import annotations

# Rows taken at a time from a cursor when a whole result is not wanted at once.
GET_ITERATOR_CHUNK_SIZE = 100

# What `execute_sql()` is asked for: all rows, the first one, the cursor, how many were touched, or nothing.
CURSOR = "cursor"
MULTI = "multi"
SINGLE = "single"
ROW_COUNT = "row count"
NO_RESULTS = "no results"

# How tables are joined.
INNER = "INNER JOIN"
LOUTER = "LEFT OUTER JOIN"

ORDER_DIR = {
    "ASC": ("ASC", "DESC"),
    "DESC": ("DESC", "ASC"),
}

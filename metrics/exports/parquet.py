"""Parquet of exports: row groups written as they fill, with the data dictionary in the schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from metrics.exports.cells import parts_of
from metrics.exports.columns import Column, Type
from store.streams import Part

# A reader decodes a group at a time, and so does the writer: some megabytes.
GROUP_ROWS = 20_000

_TYPES: dict[Type, Any] = {
    Type.TEXT: pa.string(),
    Type.TIME: pa.timestamp("ms", tz="UTC"),
    Type.BOOLEAN: pa.bool_(),
    Type.NUMBER: pa.float64(),
    Type.INTEGER: pa.int64(),
}


class Parquet:
    """Takes rows as they are stored and writes them to a file. Text stays as it is: nothing runs it."""

    def __init__(self, file: Any, columns: Sequence[Column]) -> None:
        pa.set_memory_pool(pa.system_memory_pool())  # the others keep what they have once had: tens of megabytes
        self._columns = columns
        self._schema = pa.schema([_field(column) for column in columns])
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[Any] = []
        self._rows = 0

    def write(self, part: Part) -> None:
        """Take these rows; a full group goes out."""
        if not part:
            return
        cells = zip(self._columns, zip(*part, strict=True), strict=True)
        self._waiting.append(pa.record_batch([_array(column, values) for column, values in cells], schema=self._schema))
        self._rows += len(part)
        if self._rows >= GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the file's end."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting), row_group_size=self._rows)
        self._waiting, self._rows = [], 0


def _field(column: Column) -> Any:
    said = {"description": column.description} | ({"unit": column.unit} if column.unit else {})
    return pa.field(column.name, _TYPES[column.type], metadata=said)


def _array(column: Column, values: Sequence[Any]) -> Any:
    """The values as Arrow has them, put together from their bytes: `pyarrow.array` would load pandas, which takes 45 MB."""
    known = np.array([value is not None for value in values])
    present = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(_TYPES[column.type], len(values), [present, *_buffers(column, values)])


def _buffers(column: Column, values: Sequence[Any]) -> list[Any]:
    match column.type:
        case Type.TEXT:
            # A lone surrogate has no way to be written in UTF-8.
            texts = [b"" if value is None else value.encode("utf-8", "replace") for value in values]
            ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
            return [pa.py_buffer(ends), pa.py_buffer(b"".join(texts))]
        case Type.BOOLEAN:
            return [pa.py_buffer(np.packbits(np.array([bool(value) for value in values]), bitorder="little"))]
        case Type.NUMBER:
            parts = parts_of(column)
            return [pa.py_buffer(np.array([0.0 if value is None else value / parts for value in values], dtype=np.float64))]
        case _:
            return [pa.py_buffer(np.array([value or 0 for value in values], dtype=np.int64))]

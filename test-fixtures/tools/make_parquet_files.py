"""Makes Parquet files of examples in every codec and with columns of every type, with pyarrow.

Usage: python make_parquet_files.py OUT_DIR    (pyarrow 26.0.1)

OUT_DIR is test-fixtures/src/main/resources/goldens/data/parquet.
"""
import datetime
import decimal
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

import golden_files

SCRIPT, PACKAGES = "make_parquet_files.py", ["pyarrow"]
CODECS = ["none", "snappy", "gzip", "brotli", "lz4", "zstd"]
ROWS = [("Question: %d+%d?\nAnswer:" % (n, n), " %d é 首先" % (2 * n)) for n in range(40)]
TURNS = [[dict(role="user", content=p), dict(role="assistant", content=c)] for p, c in ROWS]


def every_type(n):
    """n rows of columns that no reader of examples asks for, nulls among them."""
    some = lambda values: pa.array([values[i % len(values)] for i in range(n)])
    when = datetime.datetime(2024, 5, 6, 7, 8, 9)
    return {
        "nothing": pa.nulls(n),
        "flag": some([True, False, None]),
        "small": pa.array([i % 100 for i in range(n)], pa.int8()),
        "unsigned": pa.array([2**63 + i for i in range(n)], pa.uint64()),
        "half": pa.array([0.5] * n, pa.float32()).cast(pa.float16()),
        "single": pa.array([1.5] * n, pa.float32()),
        "double": some([2.5, None]),
        "money": pa.array([decimal.Decimal("1.23")] * n, pa.decimal128(20, 2)),
        "day": pa.array([when.date()] * n),
        "moment": pa.array([when] * n, pa.timestamp("us", "UTC")),
        "clock": pa.array([when.time()] * n, pa.time64("us")),
        "raw": pa.array([b"\xff\x00\xfe"] * n),
        "fixed": pa.array([b"0123456789abcdef"] * n, pa.binary(16)),
        "large": pa.array(["x"] * n, pa.large_string()),
        "coded": pa.array(["a", "b"] * (n // 2)).dictionary_encode(),
        "numbers": some([[1, None, 3], [], None]),
        "lists": some([[[1], []], None]),
        "struct": some([{"a": 1, "b": None}, None]),
        "map": pa.array([[("k", 1)]] * n, pa.map_(pa.string(), pa.int64())),
        "floats": pa.array([[0.1, 0.2]] * n, pa.list_(pa.float32(), 2)),
    }


def main(out):
    os.makedirs(out, exist_ok=True)
    texts = dict(prompt=[p for p, _ in ROWS], completion=[c for _, c in ROWS])
    for codec in CODECS:
        pq.write_table(pa.table(texts), f"{out}/{codec}.parquet", compression=codec, row_group_size=15)
    types = pa.table({**every_type(len(ROWS)), "messages": TURNS, "problem": pa.nulls(len(ROWS))})
    pq.write_table(types, f"{out}/types.parquet", compression="gzip", use_deprecated_int96_timestamps=False)
    pq.write_table(types.drop_columns(["half"]), f"{out}/types-old.parquet", compression="snappy", version="1.0",
                   use_deprecated_int96_timestamps=True, use_compliant_nested_type=False, data_page_version="2.0")
    golden_files.write(out, [dict(prompt=p, completion=c) for p, c in ROWS], SCRIPT, PACKAGES, "none: texts are equal")


main(sys.argv[1])

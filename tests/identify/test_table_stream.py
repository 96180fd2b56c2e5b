"""A table read in parts is the table read whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.identify.references import read_table
from asreview_mc.identify.table_stream import open_stream

CELLS = st.text(st.sampled_from("ab \",;'é\t\n"), max_size=8)


def whole(stream, size, skip=0):
    parts = list(stream.parts(size, skip=skip))
    assert all(len(part.rows) == size for part in parts[:-1])
    assert all(part.columns == stream.columns for part in parts)
    return [row for part in parts for row in part.rows], [one for part in parts for one in part.records]


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=9), st.integers(1, 4), st.integers(0, 3), st.data())
def test_parts_put_together_are_the_whole(tmp_path_factory, rows, size, skip, data):
    """Rows, columns and records, wherever it is cut: quoted or not, too short or too long."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=data.draw(st.sampled_from(["\n", "\r\n"])))
    writer.writerows([["title", "abstract", "year"], *rows])
    broken = data.draw(st.sampled_from(["", '"no end\n', 'a,"b"c,d\n', "\n", "above\n"]))
    path = tmp_path_factory.mktemp("stream") / "t.csv"
    path.write_bytes((buffer.getvalue() + broken).encode())
    table, stream = read_table(path), open_stream(path)
    assert stream.columns == table.columns
    assert stream.n_rows == len(table.rows)
    found, records = whole(stream, size, skip)
    assert found == list(table.rows)[skip:]
    assert records == list(table.records)[skip:]


@pytest.mark.parametrize("content", [b"no table at all\n", "title;abstract\nÜ;b\n".encode("latin-1"), b""])
def test_what_is_no_utf8_table_is_left_to_the_whole_reader(tmp_path, content):
    """It guesses encodings, and says what is wrong."""
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert open_stream(path) is None


def test_rows_above_the_headings_and_a_mark_of_order_are_no_rows(tmp_path):
    """As for a whole table."""
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbfexported today\ntitle,doi\nA,10.1000/a\n")
    stream = open_stream(path)
    assert (stream.columns, stream.n_rows) == (("title", "doi"), 1)

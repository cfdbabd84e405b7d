"""Uploads made to cost time or memory: every reader answers each within limits that the system enforces."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from surveys.definition_book import read as definition_book_read
from surveys.workbook.faults import Refused
from tests.workbooks import definition_book

ROOT = Path(__file__).parents[2]
MEMORY, SECONDS = 600 * 2**20, 60  # of address space, the program itself included; of work for all files together
EXPECTED = {
    "a size that lies": "The file is damaged.",
    "a mimetype that lies": "The file is damaged.",
    "overlapping parts": "The file would grow far too large when opened.",
    "a zip in a zip": "This ZIP is not an Excel workbook.",
    "many styles": "The file would grow far too large when opened.",
    "many texts": "The file would grow far too large when opened.",
    "many sheets": "The file has too many parts.",
    "parts in parts": "The file would grow far too large when opened.",
    # What stands outside the places of ours is not read, so that the blank files are what they were.
    "an area of everything": ("read", "No person is in the file."),
    "a cell far away": ("read", "No person is in the file."),
    "a long line": ("Not readable as CSV.", "line 2: not readable as CSV: field larger than field limit"),
    "a million lines": ("There are more than 10,000 lines", "line 2: 1 values, but the header has 6 columns"),
    "many columns": ("No person", "line 1: the file has a header but no body"),
    "wrong values": ("There are more than 10,000 lines", "line 130002: 4 values, but the header has 6 columns"),
    "quotes without end": ("No person is in the file.", "line 3: 1 values, but the header has 6 columns"),
    "NUL": ("Not readable as CSV.", "line 2: not readable as CSV: field larger than field limit"),
    "UTF-16": ("Not readable as CSV.", "line 1: the file is neither UTF-8 nor cp932"),
}


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def test_every_reader_refuses_or_reads_within_limits() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "tests.surveys.hostile_files"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=limited,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    told = json.loads(found.stdout)
    assert len(told) == 44
    wrong = {case: text for case, text in told.items() if not text.startswith(EXPECTED[case.partition(": ")[2]])}
    assert wrong == {}


def test_a_definition_with_a_line_beyond_the_last_is_refused() -> None:
    """What stands beyond is not left out in silence."""
    data = definition_book("pages", ("問", f"A{definition_book_read.MAX_LINES + 1}", "x"))
    with pytest.raises(Refused, match="セルが多すぎます"):
        definition_book_read.read(data, 2020)

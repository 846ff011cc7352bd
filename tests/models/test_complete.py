"""Whoever opens a transaction knows every table: an insert needs those that its foreign keys name."""

import subprocess
import sys

from app.settings import ROOT

INSERT_A_PATIENT = """
import models.db
from models.patients import Patient
from sqlalchemy.orm import class_mapper
class_mapper(Patient)._sorted_tables
"""


def test_a_process_that_imports_one_table_can_insert_into_it() -> None:
    done = subprocess.run([sys.executable, "-c", INSERT_A_PATIENT], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

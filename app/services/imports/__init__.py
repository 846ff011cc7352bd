"""Patients and coming appointments out of another system's CSV file, all of them or none.

From bytes to a table (`decode`, `table`, `columns`), from there to checked rows (`read_patients`, `read_appointments`),
and into the clinic (`add_patients`, `book_appointments`). `rehearse` tries the whole of it, `take` does it.
"""

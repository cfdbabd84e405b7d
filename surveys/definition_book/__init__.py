"""The definition of a questionnaire as an Excel workbook, out and in, for people who do not program. Pure.

`columns` says which sheets and columns there are; `to_rows` and `from_rows` turn a document into their rows and back
without a loss, and both `write` and `read` follow them. `rule_faults` gives each fault of `surveys.definition` its
sheet and cell.
"""

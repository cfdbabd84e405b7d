"""The questionnaire of one body as an Excel workbook without macros, out and in. Pure.

`layout` says where everything stands, and both `write` and `read` follow it. `archive` looks at a file before it is
opened, `stamp` says for whom and from which answers a workbook was made, `faults` holds every message about a file,
and `merge` says which cells of the stored answers a workbook would change.
"""

"""Lists of customers, CSV or XLSX: recognised, read, checked row by row, imported whole or not at all."""

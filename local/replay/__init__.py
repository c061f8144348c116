"""Any recorded span of books through the same scan, strategies, paper venue and saga, at full speed."""

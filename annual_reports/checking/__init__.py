"""The relations of the form, evaluated: on one document here, on partitions in `.partition`.

Importing this package loads no dataframe library.
"""

from annual_reports.checking.single_document import check_extraction

__all__ = ["check_extraction"]

"""DM20xx: evaluating an expression. DM21xx: type constraints.

The summaries are Terraform's, which people search for.
"""

from __future__ import annotations

from declarative_mail.diagnostics.model import Code

UNKNOWN_NAME = Code("DM2001", "Reference to an unknown name")
UNSUPPORTED_ATTRIBUTE = Code("DM2002", "Unsupported attribute")
MISSING_MAP_ELEMENT = Code("DM2003", "Missing map element")
NULL_ATTRIBUTE = Code("DM2004", "Attempt to get attribute from null value")
NULL_INDEX = Code("DM2005", "Attempt to index null value")
INVALID_INDEX = Code("DM2006", "Invalid index")
UNDECLARED_VARIABLE = Code("DM2007", "Reference to undeclared input variable")
UNDECLARED_LOCAL = Code("DM2008", "Reference to undeclared local value")

INVALID_OPERAND = Code("DM2010", "Invalid operand")
OPERATION_FAILED = Code("DM2011", "Operation failed")

INCONSISTENT_RESULTS = Code("DM2020", "Inconsistent conditional result types")
NULL_CONDITION = Code("DM2021", "Null condition")
CONDITION_TYPE = Code("DM2022", "Incorrect condition type")

NULL_KEY = Code("DM2030", "Null value as key")
KEY_TYPE = Code("DM2031", "Incorrect key type")
AMBIGUOUS_KEY = Code("DM2032", "Ambiguous attribute key")

ITERATION_OVER_NULL = Code("DM2040", "Iteration over null value")
NOT_ITERABLE = Code("DM2041", "Iteration over non-iterable value")
INVALID_FOR_CONDITION = Code("DM2042", "Invalid 'for' condition")
CONDITION_IS_NULL = Code("DM2043", "Condition is null")
INVALID_OBJECT_KEY = Code("DM2044", "Invalid object key")
DUPLICATE_KEY = Code("DM2045", "Duplicate object key")

SPLAT_OF_NULL = Code("DM2050", "Splat of null value")
NESTED_SPLAT = Code("DM2051", "Invalid nested splat expressions")

INVALID_INTERPOLATION = Code("DM2060", "Invalid template interpolation value")
INVALID_EXPANSION = Code("DM2070", "Invalid expanding argument value")

TOO_DEEP = Code("DM2090", "Expression or value nested too deeply")
TOO_LARGE = Code("DM2091", "Value too large")

INVALID_TYPE = Code("DM2101", "Invalid type specification")
INVALID_OPTIONAL_DEFAULT = Code("DM2102", "Invalid default value for optional attribute")

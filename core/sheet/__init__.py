"""What pictures for payers are drawn with: a sheet, shaped text, and pens."""

from core.sheet.shaping_check import ShapingError, check_shaping

__all__ = ["ShapingError", "check_shaping"]

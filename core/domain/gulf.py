"""The time that payers and stores live by."""

from zoneinfo import ZoneInfo

GULF = ZoneInfo("Asia/Dubai")

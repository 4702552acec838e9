"""Networks evaluated on a task: expressed, measured, remembered."""

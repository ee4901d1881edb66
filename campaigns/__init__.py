"""When, and in what order: broadcasts from draft to sent, and why each person did or did not get one."""

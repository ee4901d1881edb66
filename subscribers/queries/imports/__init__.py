"""What a file would do, does and did, and the rows that wait for somebody."""

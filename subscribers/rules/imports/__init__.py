"""How a file of addresses is read, from bytes to people. Pure: a file can be judged without a database."""

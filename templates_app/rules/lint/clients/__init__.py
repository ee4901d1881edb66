"""What the readers' mail programs support: caniemail.com's tests, and how to find in a page what they speak of."""

"""The lists and the forms on which people join them."""

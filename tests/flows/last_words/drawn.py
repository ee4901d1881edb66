"""What the steps of a life draw from: addresses, lists, rows of a file, and which of the things so far."""

from hypothesis import strategies as st

from tests.flows.last_words.people import ADDRESSES, LISTS

addresses, lists, numbers = st.sampled_from(ADDRESSES), st.sampled_from(LISTS), st.integers(0, 7)
chosen = st.sets(lists, min_size=1)
rows = st.lists(st.tuples(addresses, st.sampled_from(["", "no", "yes"])), min_size=1, max_size=3)

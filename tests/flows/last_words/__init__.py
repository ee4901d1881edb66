"""Lives of people who say yes and no in any order, and a model of what they said last."""

"""The rules of segments: a typed tree, from JSON and back, and in plain words. SQL is made of it by the queries."""

from subscribers.rules.segments.parsing import parse_rules
from subscribers.rules.segments.sentences import phrase, sentence
from subscribers.rules.segments.tree import Known, Rule
from subscribers.rules.segments.writing import write_rules

__all__ = ["Known", "Rule", "parse_rules", "phrase", "sentence", "write_rules"]

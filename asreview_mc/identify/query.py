"""How a database reads a Boolean query, so that an ambiguous one shows before it is published."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r'"[^"]*"|[A-Za-z][\w-]*=?\(|[()]|[^\s()"]+')
_OPERATORS = {"AND", "OR", "NOT"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as it is read.

    Attributes
    ----------
    read_as : str
        With every bracket that the usual precedence implies: NOT before AND before OR.
    left_to_right : str
        As databases read it that know no precedence; equal to `read_as` where that makes no difference.
    wildcards : tuple of str
        Terms with ``*``, ``?`` or ``$``.
    """

    read_as: str
    left_to_right: str
    wildcards: tuple[str, ...]

    @property
    def ambiguous(self) -> bool:
        """Whether the order of reading matters: AND and OR stand side by side without brackets."""
        return self.read_as != self.left_to_right


def read(query: str) -> Reading | None:
    """Read a Boolean query, operators in any case; words beside each other are one phrase, ``TITLE(…)`` is a bracket.

    Returns
    -------
    Reading or None
        None where it is not one: empty, an operator without a term, or brackets that do not match.
    """
    tokens = _terms(query)
    try:
        return Reading(
            _Parser(tokens, precedence=True).whole(),
            _Parser(tokens, precedence=False).whole(),
            tuple(dict.fromkeys(word for word in re.findall(r"[^\s()\"]+", query) if re.search(r"[*?$]", word))),
        )
    except (_NotAQuery, RecursionError):
        return None


class _NotAQuery(Exception):
    """The text cannot be read as a Boolean query."""


def _terms(query: str) -> list[str]:
    """Return operators, brackets and terms; an operator in lower case counts, as databases do it."""
    tokens: list[str] = []
    for token in _TOKEN.findall(query):
        if token.upper() in _OPERATORS:
            tokens.append(token.upper())
        elif token.upper().removesuffix("(") in _OPERATORS:  # AND(…) is an operator and a bracket
            tokens += [token.upper().removesuffix("("), "("]
        elif token.endswith(("(", ")")) or not tokens or tokens[-1] in _OPERATORS or tokens[-1].endswith(("(", ")")):
            tokens.append(token)
        else:
            tokens[-1] += f" {token}"
    return tokens


class _Parser:
    def __init__(self, tokens: list[str], *, precedence: bool) -> None:
        self.tokens = tokens
        self.precedence = precedence
        self.at = 0

    def whole(self) -> str:
        said = self.expression()
        if self.at < len(self.tokens):
            raise _NotAQuery
        return said

    def expression(self) -> str:
        """Read terms and operators up to a closing bracket or the end."""
        terms, operators = [self.term()], []
        while self.at < len(self.tokens) and self.tokens[self.at] in _OPERATORS:
            operator = self.tokens[self.at]
            self.at += 1
            if operator == "AND" and self.peek() == "NOT":
                self.at += 1
                operator = "NOT"
            operators.append(operator)
            terms.append(self.term())
        return self.grouped(terms, operators)

    def grouped(self, terms: list[str], operators: list[str]) -> str:
        if len(set(operators)) < 2:
            return f" {operators[0]} ".join(terms) if operators else terms[0]
        if not self.precedence:
            said = terms[0]
            for position, (operator, term) in enumerate(zip(operators, terms[1:], strict=True)):
                again = position and operators[position - 1] != operator
                said = f"({said}) {operator} {term}" if again else f"{said} {operator} {term}"
            return said
        for operator in ("NOT", "AND"):
            terms, operators = _bound(terms, operators, operator)
        return " OR ".join(terms)

    def term(self) -> str:
        token = self.peek()
        if token == "(":
            self.at += 1
            inside = self.expression()
            if self.peek() != ")":
                raise _NotAQuery
            self.at += 1
            return f"({inside})" if re.search(r" (AND|OR|NOT) ", inside) else inside
        if token.endswith("(") and len(token) > 1:  # a field, as in TITLE(…) or ti=(…)
            self.at += 1
            inside = self.expression()
            if self.peek() != ")":
                raise _NotAQuery
            self.at += 1
            return f"{token}{inside})"
        if token == "NOT":
            self.at += 1
            return f"NOT {self.term()}"
        if not token or token in _OPERATORS or token == ")":
            raise _NotAQuery
        self.at += 1
        return token

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""


def _bound(terms: list[str], operators: list[str], operator: str) -> tuple[list[str], list[str]]:
    """Join the terms that `operator` binds, in brackets where others are left."""
    runs, left = [[terms[0]]], []
    for sign, term in zip(operators, terms[1:], strict=True):
        if sign == operator:
            runs[-1].append(term)
        else:
            left.append(sign)
            runs.append([term])
    joined = [f" {operator} ".join(run) for run in runs]
    if left:
        joined = [f"({text})" if len(run) > 1 else text for text, run in zip(joined, runs, strict=True)]
    return joined, left

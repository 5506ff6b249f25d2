"""One-line changes (mutants) of a module, and whether the tests notice them.

A mutant is compiled from the changed syntax tree and put in its module's place by an import hook, in a process of its
own. No file is written: a run that is killed leaves the sources as they are.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import multiprocessing
import os
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import hypothesis  # noqa: F401  loaded here, so that each process has it from the start
import numpy as np  # noqa: F401
import pydantic  # noqa: F401
import pytest

ROOT = Path(__file__).parents[2]

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.MatMult: ast.Mult,
}  # fmt: skip
"""Each operator and what takes its place; `not`, `~` and a minus sign are applied twice, which undoes them."""

NAMES = {
    "min": "max", "max": "min", "nanmin": "nanmax", "nanmax": "nanmin", "minimum": "maximum", "maximum": "minimum",
    "any": "all", "all": "any",
}  # fmt: skip
"""Functions and methods that are called in another's place."""

SHOWN_CHARACTERS = 76
"""A change is shown within the largest part of its statement that is no longer than this."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module.

    Attributes:
        module: As it is imported.
        number: Its place among the changes of the module, from 0.
        line: Of the source.
        before: The part of the source that it changes.
        after: What that becomes.
    """

    module: str
    number: int
    line: int
    before: str
    after: str


def mutants(module: str, root: Path = ROOT) -> list[Mutant]:
    """All mutants of a module, in the order of its source."""
    source = _file(module, root).read_text(encoding="utf-8")
    return [_mutate(ast.parse(source), module, number) for number in range(len(list(_changes(ast.parse(source)))))]


def survives(mutant: Mutant | None, tests: Sequence[str], most_cpu_s: int, root: Path = ROOT) -> bool:
    """Whether all tests pass.

    Args:
        mutant: What is put in its module's place; None for the sources as they are.
        tests: Files, from the root on.
        most_cpu_s: Seconds of processor time after which they count as failed.
        root: The folder of the package and its tests.

    Raises:
        RuntimeError: If the module is in use here already: the tests would run on that.
    """
    if mutant is not None and mutant.module in sys.modules:
        raise RuntimeError(f"{mutant.module} is imported already")
    process = multiprocessing.get_context("fork").Process(target=_test, args=(mutant, tests, most_cpu_s, root))
    process.start()
    process.join()
    return process.exitcode == pytest.ExitCode.OK


def _test(mutant: Mutant | None, tests: Sequence[str], most_cpu_s: int, root: Path) -> None:
    """Runs the tests until one fails, and ends the process with pytest's exit code."""
    resource.setrlimit(resource.RLIMIT_CPU, (most_cpu_s, most_cpu_s))
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    os.chdir(root)
    if mutant is not None:
        sys.meta_path.insert(0, _Finder(mutant, root))
    # hypothesis is loaded already, whose asserts pytest would rewrite.
    loaded = "ignore::pytest.PytestAssertRewriteWarning"
    options = ("-x", "-q", "-p", "no:cacheprovider", "-W", loaded, "--hypothesis-seed=0", "--rootdir", str(root))
    os._exit(int(pytest.main([*options, *tests])))


@dataclass(frozen=True, slots=True)
class _Finder(MetaPathFinder):
    mutant: Mutant
    root: Path

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self.mutant.module:
            return None
        file = _file(name, self.root)
        return importlib.util.spec_from_file_location(name, file, loader=_Loader(name, str(file), self.mutant))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self.get_data(self.path))
        _mutate(tree, fullname, self._mutant.number)
        return compile(ast.fix_missing_locations(tree), self.path, "exec")


def _file(module: str, root: Path) -> Path:
    return root.joinpath(*module.split(".")).with_suffix(".py")


def _mutate(tree: ast.Module, module: str, number: int) -> Mutant:
    """Makes one change of a tree in place."""
    node, change = list(_changes(tree))[number]
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    line = node.lineno
    shown: ast.AST = node
    while isinstance(parents[shown], ast.expr | ast.stmt | ast.keyword):
        if len(ast.unparse(parents[shown])) > SHOWN_CHARACTERS:
            break
        shown = parents[shown]
    before = ast.unparse(shown)
    change()
    return Mutant(module, number, line, before, ast.unparse(shown))


def _changes(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, Callable[[], None]]]:
    """Each node that can be changed, and what changes it in place."""
    for node in _evaluated(tree):
        match node:
            case ast.Compare(ops=operators):
                for index, operator in enumerate(operators):
                    yield node, functools.partial(operators.__setitem__, index, OPERATORS[type(operator)]())
            case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op) if type(op) in OPERATORS:
                yield node, functools.partial(setattr, node, "op", OPERATORS[type(op)]())
            case ast.UnaryOp(op=op, operand=operand):
                yield node, functools.partial(setattr, node, "operand", ast.UnaryOp(op, operand))
            case ast.Constant(value=bool(value)):
                yield node, functools.partial(setattr, node, "value", not value)
            case ast.Constant(value=int(value)):
                yield node, functools.partial(setattr, node, "value", value + 1)
            case ast.Constant(value=float(value)):
                for other in (2.0 * value, value / 2.0) if value else (1.0,):
                    yield node, functools.partial(setattr, node, "value", other)
            case ast.Call(func=function, keywords=keywords):
                attribute = "id" if isinstance(function, ast.Name) else "attr"
                if other := NAMES.get(getattr(function, attribute, "")):
                    yield node, functools.partial(setattr, function, attribute, other)
                for index, keyword in enumerate(keywords):
                    if keyword.arg != "strict":
                        yield node, functools.partial(keywords.__delitem__, index)


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """All below a node but what never runs (annotations), decorators, and `strict=`, which only checks ourselves."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (isinstance(child, ast.keyword) and child.arg == "strict"):
                yield child
                yield from _evaluated(child)

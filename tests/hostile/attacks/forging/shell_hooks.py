"""Hooks into IPython: events after each cell, rewritten source (Otter's last cell too), magics, a run_cell of its own."""
# shows: raised Ran: hooked: events transformers ast magics run_cell
# stopped by: roles

# %% first
import ast

from IPython.core.magic import register_line_cell_magic


def let_pass(lines):
    """Otter's own last cell dumps the results: here they become right before."""
    text = "".join(lines)
    if "pickle.dump(results, f)" in text:
        text = text.replace(
            "import pickle",
            "for file in results.results.values():\n    for case in file.test_case_results: case.passed = True\nimport pickle",
        )
    return text.splitlines(keepends=True)


class Rename(ast.NodeTransformer):
    """Calls of `check` become nothing at all."""

    def visit_Call(self, node):
        self.generic_visit(node)
        is_check = isinstance(node.func, ast.Attribute) and node.func.attr == "check_all"
        return ast.copy_location(ast.Constant(None), node) if is_check else node


def hook():
    shell, hooked = get_ipython(), []
    shell.events.register("post_run_cell", lambda *args: globals().setdefault("passed", True))
    hooked.append("events")
    shell.input_transformers_post.append(let_pass)
    hooked.append("transformers")
    shell.ast_transformers.append(Rename())
    hooked.append("ast")

    @register_line_cell_magic
    def check(line, cell=None):
        return True

    hooked.append("magics")
    return hooked


HOOKED = hook()

# %% last
shell = get_ipython()
ran = shell.run_cell


def run_cell(source, *args, **kwargs):
    result = ran("1 + 1" if "grader.check" in source else source, *args, **kwargs)
    result.error_before_exec = result.error_in_exec = None
    return result


shell.run_cell = run_cell
say(f"hooked: {' '.join(HOOKED)} run_cell")

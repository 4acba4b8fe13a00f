"""The fingerprint of all that an example's result depends on besides its own file.

sphinx-gallery runs an example again when the example's own file has changed. With this module it
also does so when the code of the package has changed, its data, Python or an installed package. A
comment or a docstring is not a change.
"""

import ast
import hashlib
import platform
from importlib.metadata import distributions

DEFINITIONS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code(source):
    """Return the syntax tree of a module, without docstrings, as text."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(tree)


def files(folder):
    """Return the modules and the data in a folder."""
    return sorted(file for file in folder.rglob("*.*") if file.suffix in {".py", ".js", ".csv"})


def fingerprint(folder, others=()):
    """Return a hash of the modules and the data in a folder, of other files, and of versions."""
    found = [platform.python_version(), *sorted(f"{d.name}=={d.version}" for d in distributions())]
    for file in [*files(folder), *others]:
        text = file.read_text("utf-8")
        found += [file.name, code(text) if file.suffix == ".py" else text]
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def forget_outdated(gallery, now):
    """Let sphinx-gallery run every example again unless the fingerprint is that of the last run."""
    kept = gallery / "fingerprint.txt"
    if kept.exists() and kept.read_text("utf-8") == now:
        return False
    for md5 in gallery.rglob("*.py.md5"):
        md5.unlink()
    gallery.mkdir(exist_ok=True)
    kept.write_text(now, "utf-8")
    return True

"""Lisps, by lines: definitions start at the margin."""

from __future__ import annotations

from ..lines import line_mapper, rule
from ..tables import Language

_META = r"(?:\^(?:\{[^}]*\}|\S+)\s+)*"
_NAME = rf"{_META}(?P<name>[^\s()\[\]{{}}\";]+)"
# Clojure defines in the namespace wherever a form stands: in `#?(:clj …)`, `(do …)`, `(let …)`.
# A name with a tilde is one that a macro puts in.
_ANYWHERE = r"[ \t]*(?:#\?@?\()?(?::\w+\s+)?\[?"
_OWN = rf"{_META}(?P<name>[^\s()\[\]{{}}\";~'`]+)"

_CLOJURE = line_mapper(
    [
        rule("namespace", rf"(?P<text>\(ns\s+{_NAME})"),
        rule("interface", rf"{_ANYWHERE}(?P<text>\((?:defprotocol|definterface)\s+{_OWN})"),
        rule("record", rf"{_ANYWHERE}(?P<text>\((?:defrecord|deftype)\s+{_OWN}(?:\s+\[[^\]]*\])?)"),
        rule("macro", rf"{_ANYWHERE}(?P<text>\(defmacro\s+{_OWN}(?:\s+\[[^\]]*\])?)"),
        rule(
            "function",
            rf"{_ANYWHERE}(?P<text>\((?:s/)?def(?:n-?|multi|test)\s+{_OWN}(?:\s+\[[^\]]*\])?)",
        ),
        rule("method", rf"{_ANYWHERE}(?P<text>\(defmethod\s+{_OWN}\s+[^\s()\[\]]+)"),
        rule("constant", rf"(?P<text>\((?:def|defonce|s/def)\s+{_NAME})"),
        rule("method", rf"  (?P<text>\({_NAME}\s+\[[^\]]*\])", level=1, under="interface record"),
    ],
)
_LISP = line_mapper(
    [
        rule(
            "macro",
            rf"(?P<text>\((?:defmacro|define-macro|define-syntax|define-syntax-rule)\s+\(?{_NAME})",
        ),
        rule(
            "class",
            rf"(?P<text>\((?:defclass|define-class|define-condition|cl-defstruct|defstruct|struct|define-record-type)\s+\(?{_NAME})",
        ),
        rule(
            "function",
            rf"(?P<text>\((?:defun|cl-defun|defsubst|defgeneric|cl-defgeneric|defmethod|cl-defmethod)\s+{_NAME}(?:\s+\([^()]*\))?)",
        ),
        rule("function", rf"(?P<text>\(define\*?\s+\({_NAME}[^)]*\))"),
        rule(
            "constant",
            rf"(?P<text>\((?:defvar|defconst|defcustom|defparameter|defconstant|define)\s+{_NAME})",
        ),
        rule("namespace", rf"(?P<text>\((?:defpackage|define-module|module)\s+{_NAME})"),
    ],
    blocks=[(r"#\|", r"\|#")],
)

LANGUAGES = (
    Language(name="clojure", extensions=(".clj", ".cljs", ".cljc", ".edn"), mapper=_CLOJURE),
    Language(
        name="lisp",
        extensions=(".lisp", ".lsp", ".cl", ".el", ".scm", ".ss", ".rkt", ".sld"),
        mapper=_LISP,
    ),
)

"""A pool of expendable worker processes for work that may crash, hang or eat memory.

Knows no app and no Django: a target is named as `package.module:function` and is imported
in the worker only.
"""

from .jobs import CLOSED, TIME_OVER
from .process import KILLED
from .supervisor import PoolClosed, SupervisedPool

__all__ = ["CLOSED", "KILLED", "TIME_OVER", "PoolClosed", "SupervisedPool"]

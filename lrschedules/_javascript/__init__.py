"""JavaScript: the lines of the package in another language, translated one by one."""

from lrschedules._javascript.definitions import literal as literal
from lrschedules._javascript.definitions import script as script

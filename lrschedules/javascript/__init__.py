"""JavaScript: a schedule or recipe in another language, its source translated line by line."""

from lrschedules.javascript.definitions import javascript as javascript
from lrschedules.javascript.definitions import literal as literal
from lrschedules.javascript.definitions import script as script

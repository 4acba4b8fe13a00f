"""The configuration of the documentation site."""

import importlib.metadata
import os
import sys
import urllib.parse
from importlib.util import find_spec
from pathlib import Path

# Before TensorFlow is imported, here and in the kernels of the notebooks: the pages would show what
# it writes to the terminal when it starts.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["KERAS_BACKEND"] = "tensorflow"

if find_spec("triton"):
    # PyTorch's builds for CUDA bring it. It crashes if TensorFlow was imported before it.
    import triton  # noqa: F401

here = Path(__file__).parent
sys.path.insert(0, str(here / "_ext"))

import lrs_archives
import lrs_site

project = "lrschedules"
author = "the lrschedules developers"
project_copyright = f"2026, {author}"
version = release = importlib.metadata.version("keras-lrschedules")
if os.environ.get("READTHEDOCS_VERSION_TYPE") in {"branch", "external"}:
    release += ".dev"  # so that the banner says what is not released
language = "en"

extensions = [
    "lrs_gallery",
    "lrs_home",
    "lrs_install",
    "lrs_llms",
    "lrs_peers",
    "lrs_playground",
    "lrs_schedules",
    "lrs_site",
    "lrs_teaching",
    "lrs_train",
    "lrs_web",
    "myst_nb",
    "notfound.extension",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.duration",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "sphinxcontrib.bibtex",
    "sphinxcontrib.katex",
    "sphinxext.opengraph",
]
exclude_patterns = [
    "_build",
    "_ext",
    # files to download, not pages
    "_generated/teaching",
    "examples",
    # myst-nb would run the gallery's notebooks again
    "auto_examples/**.ipynb",
    "auto_examples/**.py",
    "auto_examples/**.md5",
    "auto_examples/**.json",
    "**/sg_execution_times.rst",
    "sg_execution_times.rst",
    "**.ipynb_checkpoints",
]
# The log says which pages took long; the site does not, so that two builds give the same files.
duration_write_json = None
nitpicky = True
show_warning_types = True

autodoc_typehints = "none"
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
viewcode_line_numbers = True

bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 180
nb_output_stderr = "remove-warn"
nb_merge_streams = True
nb_render_markdown_format = "myst"
nb_execution_in_temp = True

# The first cell of a notebook: it installs everything that an example may import.
IMPORTED = "[keras,plot,study] tensorflow jax torch optax scikit-learn"
NOTEBOOK = "%" + lrs_archives.command(IMPORTED, options="-q")
if not lrs_archives.ADDRESS:
    NOTEBOOK = f"# The dot is the folder of the clone.\n{NOTEBOOK}"

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "auto_examples",
    "subsection_order": [
        "examples/tutorial",
        "examples/shapes",
        "examples/training",
        "examples/practice",
    ],
    "within_subsection_order": "FileNameSortKey",
    "doc_module": ("lrschedules",),
    "reference_url": {"lrschedules": None},
    "backreferences_dir": "_generated/backreferences",
    "image_srcset": ["2x"],
    "thumbnail_size": (320, 224),
    # a table at the end of a cell is shown as a table
    "capture_repr": ("_repr_html_",),
    "remove_config_comments": True,
    "reset_modules": ("matplotlib", "lrs_gallery.reset"),
    "reset_modules_order": "both",
    "image_scrapers": ("lrs_gallery.scrape",),
    "first_notebook_cell": NOTEBOOK,
    "show_signature": False,
    # The times of the examples are in files beside them, and not on the pages.
    "min_reported_time": 10**9,
    "write_computation_times": True,
    "copyfile_regex": r".*\.rst",
}

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_exclude = ".linenos, .gp, .go"

katex_css_path = "katex/katex.min.css"

# Pages that have moved, by their old names.
moved_pages = {
    f"auto_examples/{name}": f"auto_examples/tutorial/{name}"
    for name in (
        "plot_1_constant",
        "plot_2_time_based",
        "plot_3_drop_based",
        "plot_4_side_by_side",
        "plot_5_what_keras_did",
    )
} | {
    "auto_examples/shapes/plot_4_cyclical": "auto_examples/shapes/plot_3_restarts",
    "auto_examples/training/plot_4_convnet": "auto_examples/training/plot_5_better_or_tuned",
    "build-time": "guide/how-this-site-is-tested",
}
# The page for a wrong address is served at every depth, so it names its files from the root.
notfound_urls_prefix = urllib.parse.urlsplit(lrs_site.CANONICAL).path or "/"

ogp_site_url = html_baseurl = lrs_site.CANONICAL
ogp_image = "_static/card.png"
ogp_image_alt = "A learning rate with linear warmup and cosine decay"
ogp_social_cards = {"enable": False}
html_use_opensearch = lrs_site.CANONICAL.removesuffix("/")
ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary_large_image" />']

html_theme = "pydata_sphinx_theme"
html_title = "lrschedules"
html_logo = "_static/logo.svg"
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
templates_path = ["_templates"]
html_context = {"default_mode": "auto"}
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "lrschedules", "alt_text": ""},
    "navbar_end": ["versions", "theme-switcher"],
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc", "edit-this-page", "sg_download_links"],
    "use_edit_page_button": bool(lrs_site.CLONE),
    "switcher": lrs_site.switcher(),
    "check_switcher": False,
    "show_version_warning_banner": bool(lrs_site.VERSION),
    "search_as_you_type": True,
    "footer_start": ["copyright", "licence"],
    "footer_end": ["theme-version"],
    "show_toc_level": 2,
}
html_sidebars = {
    page: [] for page in ("playground", "changelog", "bibliography", "contributing", "licence")
}

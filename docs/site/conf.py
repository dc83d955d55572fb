"""Sphinx's settings for the site; tools/dev/site sets PILA_VERSION and PILA_XML."""
import os

from docutils import nodes
from sphinx import addnodes

project = "pila"
version = release = os.environ["PILA_VERSION"]
extensions = ["myst_parser", "breathe"]
root_doc = "index"

# Links between pages by heading; tables and fences are Markdown's own.
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # of a transcript: colours, no more
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}

breathe_projects = {"pila": os.environ["PILA_XML"]}
breathe_default_project = "pila"
breathe_domain_by_extension = {"h": "c"}
breathe_show_include = False
primary_domain = "c"
highlight_language = "text"
smartquotes = False

# Fast to build and to read: no copies of sources, no index, nothing from the network.
html_theme = "alabaster"
html_title = "pila"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_sidebars = {"**": ["about.html", "searchbox.html", "navigation.html"]}
html_theme_options = {
    "description": "Python's batteries for C",
    "fixed_sidebar": True,
    "show_powered_by": False,
    "page_width": "72rem",
    "sidebar_width": "15rem",
    "font_family": "Georgia, serif",
    "font_size": "17px",
}


def parameters_first(app, doctree):
    """The rows of parameters stand before Fails and the rest, as in the header."""
    for content in doctree.findall(addnodes.desc_content):
        rows = [node for node in content.children if isinstance(node, nodes.field_list)]
        labels = [node for node in content.findall(nodes.term)]
        if rows and labels:
            first = labels[0]
            while first.parent is not content:
                first = first.parent
            content.remove(rows[0])
            content.insert(content.index(first), rows[0])


def setup(app):
    app.connect("doctree-read", parameters_first)
    return {"parallel_read_safe": True}

"""The addresses in the metadata of the package, which only the host of the documentation knows."""

import os

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Addresses(MetadataHookInterface):
    """Fills ``project.urls``."""

    def update(self, metadata: dict) -> None:
        """Add the addresses of the site and of the repository, as far as they are known."""
        urls = metadata["urls"] = {}
        if site := os.environ.get("READTHEDOCS_CANONICAL_URL"):
            urls |= {"Documentation": site, "Changelog": f"{site}changelog.html"}
        clone = os.environ.get("READTHEDOCS_GIT_CLONE_URL", "").removesuffix(".git")
        if clone.startswith("https://"):
            urls |= {"Source": clone, "Issues": f"{clone}/issues"}

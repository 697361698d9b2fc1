"""Static files under names that hold their hash, so that a browser may keep them for ever."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is not typed
    """As whitenoise has it; where files were not collected (tests, bare Django commands) plain names serve."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        if not self.hashed_files and not settings.STATIC_ROOT.exists():
            return name
        return str(super().stored_name(name))

"""Files of posts and messages, and where their bytes lie."""

from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from connectors.sandbox.disk import write_whole
from connectors.sandbox.x.things import Account, Media
from connectors.sandbox.x.world import World

MEBIBYTE = 1024 * 1024
LARGEST = {"image": 5 * MEBIBYTE, "gif": 15 * MEBIBYTE, "video": 512 * MEBIBYTE}
TYPES = {
    "image": {"image/jpeg", "image/png", "image/webp", "image/bmp", "image/pjpeg", "image/tiff"},
    "gif": {"image/gif"},
    "video": {"video/mp4", "video/quicktime", "video/webm", "video/mp2t"},
}
CATEGORIES = {f"{use}_{kind}" for use in ("tweet", "dm") for kind in TYPES}
_KEY_NUMBERS = {"image": "3", "gif": "16", "video": "7"}


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that shall be uploaded."""

    mime: str
    category: str
    size: int

    @property
    def kind(self) -> str:
        return self.category.rpartition("_")[2]

    def flaw(self) -> str:
        """Why it cannot be taken, empty if it can."""
        if self.category not in CATEGORIES:
            return f"media_category [{self.category}] is not one of {sorted(CATEGORIES)}"
        if self.mime not in TYPES[self.kind]:
            return f"media_type [{self.mime}] does not fit {self.category}"
        if not 0 < self.size <= LARGEST[self.kind]:
            return f"The media has {self.size} bytes; allowed are 1 to {LARGEST[self.kind]}"
        return ""


def plan(world: World, owner: Account, wanted: Plan) -> Media:
    """Make room for a file."""
    made = world.new_id()
    key = f"{_KEY_NUMBERS[wanted.kind]}_{made}"
    media = Media(made, key, owner.id, wanted.mime, wanted.category, wanted.size, world.now())
    world.put(media)
    return media


def append(world: World, media: Media, segment: int, raw: bytes) -> None:
    """Keep one piece; a piece that comes again replaces itself."""
    write_whole(_folder(world) / f"{media.id}.{segment:03d}", raw)


def finish(world: World, media: Media, *, at_once: bool) -> Media:
    """Put the pieces together. Raise ValueError when they are not as long as was said."""
    pieces = sorted(_folder(world).glob(f"{media.id}.*"))
    raw = b"".join(piece.read_bytes() for piece in pieces)
    if len(raw) != media.size:
        raise ValueError(f"{len(raw)} bytes were uploaded, {media.size} were announced")
    write_whole(_folder(world) / media.id, raw)
    finished = replace(media, state="succeeded" if at_once else "in_progress")
    world.take_place("uploaded", media.owner, media.id, finished)
    for piece in pieces:
        piece.unlink()
    return finished


def content(world: World, media: Media) -> bytes:
    return (_folder(world) / media.id).read_bytes()


def keep(world: World, owner: Account, category: str, mime: str, raw: bytes) -> Media:
    """Upload a whole file at once. Raise ValueError when X would not take it."""
    wanted = Plan(mime, category, len(raw))
    if flaw := wanted.flaw():
        raise ValueError(flaw)
    media = plan(world, owner, wanted)
    append(world, media, 0, raw)
    return finish(world, media, at_once=True)


def _folder(world: World) -> Path:
    folder = world.folder / "media"
    folder.mkdir(exist_ok=True)
    return folder

"""Short videos: measured when they arrive, made anew as H.264 of 720 lines by a job."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from time import monotonic
from typing import IO, Any

import av

from orgs.attachments.media import BadFile, thumbnail_of
from orgs.values.sentences import gettext as _

MAX_SECONDS = 60
SHORT_SIDE = 720
# Phones write a little past the limit.
SLACK_SECONDS = 1
FRAME_RATE = 30
WORK_SECONDS = 200
# How a phone was held, in degrees, and the filters that turn its frames upright.
TURNS: dict[int, list[tuple[str, str]]] = {
    -90: [("transpose", "clock")],
    90: [("transpose", "cclock")],
    180: [("hflip", ""), ("vflip", "")],
    -180: [("hflip", ""), ("vflip", "")],
}


def measure(file: IO[bytes]) -> None:
    """Raises BadFile unless the file opens as a video of at most a minute."""
    try:
        with av.open(file, "r", format="mov", timeout=10) as source:
            if not source.streams.video:
                raise BadFile(_("The video has no picture."))
            seconds = (source.duration or 0) / av.time_base
    except (av.FFmpegError, ValueError, OSError) as error:
        raise BadFile(_("The video cannot be read.")) from error
    if seconds > MAX_SECONDS + SLACK_SECONDS:
        raise BadFile(_("A video may be at most a minute long."))


def prepare_video(source: IO[bytes], target: Path) -> bytes:
    """Writes the video anew to `target` (MP4, without metadata); gives its first picture, small.

    Raises BadFile for what does not decode, lasts too long or takes too much work.
    """
    try:
        with (
            av.open(source, "r", format="mov") as incoming,
            av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as outgoing,
        ):
            return _remake(incoming, outgoing)
    except (av.FFmpegError, ValueError, OSError) as error:
        raise BadFile(_("The video cannot be read.")) from error


def _remake(incoming: Any, outgoing: Any) -> bytes:
    if not incoming.streams.video:
        raise BadFile(_("The video has no picture."))
    picture_in = incoming.streams.video[0]
    picture_in.thread_type = "AUTO"
    first = next(incoming.decode(picture_in), None)
    if first is None:
        raise BadFile(_("The video has no picture."))
    incoming.seek(0)
    turns = TURNS.get(round(first.rotation), [])
    width, height = _small(first, turned=len(turns) == 1)
    graph = _filters(picture_in, [*turns, ("scale", f"{width}:{height}")])
    picture_out = outgoing.add_stream("libx264", rate=FRAME_RATE)
    picture_out.width, picture_out.height, picture_out.pix_fmt = width, height, "yuv420p"
    picture_out.options = {"preset": "veryfast", "crf": "26"}
    sounds = incoming.streams.audio[:1]
    sound_out: Any = outgoing.add_stream("aac", rate=48000, layout="stereo") if sounds else None

    poster = b""
    deadline = monotonic() + WORK_SECONDS
    for frame in incoming.decode(picture_in, *sounds):
        if frame.time is not None and frame.time > MAX_SECONDS + SLACK_SECONDS:
            raise BadFile(_("A video may be at most a minute long."))
        if monotonic() > deadline:
            raise BadFile(_("The video takes too long to prepare."))
        if isinstance(frame, av.AudioFrame):
            outgoing.mux(sound_out.encode(frame))
            continue
        graph.push(frame)
        for shown in _pulled(graph):
            poster = poster or thumbnail_of(shown.to_image())
            outgoing.mux(picture_out.encode(shown))
    graph.push(None)
    for shown in _pulled(graph):
        poster = poster or thumbnail_of(shown.to_image())
        outgoing.mux(picture_out.encode(shown))
    outgoing.mux(picture_out.encode(None))
    if sound_out is not None:
        outgoing.mux(sound_out.encode(None))
    return poster


def _small(frame: Any, *, turned: bool) -> tuple[int, int]:
    """Width and height of the shown video: its short side at most 720 pixels, both even."""
    width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
    scale = min(Fraction(1), Fraction(SHORT_SIDE, min(width, height)))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def _filters(stream: Any, steps: list[tuple[str, str]]) -> Any:
    graph = av.filter.Graph()
    steps = [*steps, ("fps", str(FRAME_RATE)), ("format", "yuv420p")]
    nodes = [graph.add_buffer(template=stream, time_base=stream.time_base)]
    nodes += [graph.add(name, arguments) for name, arguments in steps]
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes).configure()
    return graph


def _pulled(graph: Any) -> Iterator[Any]:
    """The frames that are ready to leave the filters."""
    while True:
        try:
            yield graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return

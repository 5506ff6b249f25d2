"""One person, followed: found where the whole frame shows nobody, and told from others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from posecheck.estimators.cuts import CutDetector
from posecheck.estimators.mediapipe_pose import MediaPipeEstimator
from posecheck.estimators.parts import CroppedFrame, CropWindow, around, blank, fills
from posecheck.estimators.people import (
    Who,
    ambiguity,
    are_same,
    body_of,
    choose,
    continues,
    is_plausible,
    is_upright,
    nearest,
)
from posecheck.estimators.picture import nobody_in
from posecheck.estimators.search import SECOND_LENGTHS, SMALL, Search
from posecheck.pose.frames import INFERENCE_SIDE_PX, Estimator, Frame
from posecheck.pose.landmarks import Pose
from posecheck.system.closing import Closable

LARGE = 0.55
"""A body followed in a window is followed in the whole frame again from this extent on, over the frame's longer side:
its window would be the whole frame. Between `SMALL` and this all stays as it is."""

SEARCH_EVERY_S = 0.5
"""Least time between two searches while the person is lost, and between two for somebody who appears in the tracker's
own view; one costs 0.06 to 0.5 s (`parts.GRIDS`)."""

RECONSIDER_EVERY_S = 5.0
"""While the one followed is upright and was not named by the user, somebody may come to lie down. A look in which a
person is found takes 0.2 s, so that one in 5 s costs 7 % of tracking at 30 frames a second."""

GIVE_UP_S = 2.0
"""A person lost for longer may be found again anywhere and in any position, or be somebody else: that is said."""


MOST_CUTS = 8
"""So many are said with their times, and no more."""

PEOPLE = 4
"""Most people told apart in one look, of each part: a bound, not a cost (20 ms with one person in view, as with 1)."""


def find_person(model: Path, *, moving: bool, who: Who = "auto", edited: bool = False) -> PersonFinder | StillFinder:
    """An estimator that finds small people too and tells them apart, with MediaPipe.

    Args:
        model: The bundle, from `posecheck.estimators.model.find_model`.
        moving: Frames follow one another.
        who: The one meant, of several.
        edited: The frames may have been cut; a camera's have not.

    Raises:
        ModelError: If MediaPipe cannot load the bundle.
    """
    if not moving:
        return StillFinder(Search(MediaPipeEstimator(model, moving=False, people=PEOPLE)), who)
    tracker = MediaPipeEstimator(model, moving=True)
    search = Search(MediaPipeEstimator(model, moving=False, people=PEOPLE))
    return PersonFinder(tracker, search, who, CutDetector() if edited else None)


class PersonFinder(Closable):
    """Follows one person through a clip.

    The tracker sees the whole frame, as without a finder, as long as the person is large enough in it; a small one is
    followed in a window that is cut from the full resolution, and stays fixed until the body nears its edge.

    Args:
        tracker: Tracks one person from frame to frame; closed with the finder.
        search: Looks at single frames for everybody; closed with the finder.
        who: The one meant, of several.
        cuts: Tells where a new shot begins, in which nobody is where they were; None for what is not cut.

    Attributes:
        warnings: Plain sentences on who was chosen, lost or exchanged, and on cuts, so far.
    """

    def __init__(self, tracker: Estimator, search: Search, who: Who = "auto", cuts: CutDetector | None = None) -> None:
        self.warnings: list[str] = []
        self._cuts = cuts
        self._cuts_s: list[float] = []
        self._shot = 0
        self._tracker = tracker
        self._search = search
        self._who = who
        self._window: CropWindow | None = None
        self._tracking = False  # the tracker has seen somebody since it was last shown a blank
        self._saw_somebody = False
        self._last: Pose | None = None
        self._settled = who != "auto"  # the choice stands: the user's, or somebody who lies or kneels
        self._searched_s = self._appeared_s = -math.inf
        self._said_between = False

    def estimate(self, frame: Frame) -> Pose:
        """The person's pose in pixels of the frame's full upright size; None for landmarks where they are not found.

        Args:
            frame: Later than the frame before.
        """
        if self._cuts is not None and self._cuts.is_cut(frame):
            self._begin_shot(frame)
        seen = self._track(frame)
        somebody = is_plausible(seen)
        appeared, self._saw_somebody = self._has_appeared(somebody, frame.time_s), somebody
        found: Pose | None = None
        if somebody and self._goes_on(seen):
            found = self._reconsidered(frame, seen)
        elif appeared or frame.time_s - self._searched_s >= SEARCH_EVERY_S:
            found = self._searched(frame, seen)
        if found is None:
            return replace(seen, landmarks=None, world=None, outline=None, shot=self._shot)
        self._follow(found, frame)
        return replace(found, shot=self._shot)

    def close(self) -> None:
        """Closes the tracker and the search, both even if one fails."""
        with ExitStack() as stack:
            stack.push(self._search)
            stack.push(self._tracker)

    def _begin_shot(self, frame: Frame) -> None:
        """After a cut nothing is where it was: whoever is there is looked for anew."""
        self._look_through(None, frame)
        if self._tracking:
            self._tracker.estimate(blank(frame.time_s))
            self._tracking = False
        self._last = None
        self._settled = self._who != "auto"
        self._saw_somebody = False
        self._searched_s = self._appeared_s = -math.inf
        self._shot += 1
        if self._cuts_s:
            self.warnings.remove(_cuts_said(self._cuts_s))
        self._cuts_s.append(frame.time_s)
        self.warnings.insert(0, _cuts_said(self._cuts_s))

    def _track(self, frame: Frame) -> Pose:
        """What the tracker sees in the window, or in the whole frame."""
        if self._window is None:
            seen = self._tracker.estimate(frame)
        else:
            part = CroppedFrame(frame.rgb(None), self._window, frame.time_s)
            seen = self._window.to_frame(self._tracker.estimate(part), frame)
        self._tracking = self._tracking or seen.landmarks is not None
        return seen

    def _look_through(self, window: CropWindow | None, frame: Frame) -> None:
        """Another view: what the tracker remembers of the last would mislead it."""
        if window != self._window and self._tracking:
            self._tracker.estimate(blank(frame.time_s))
            self._tracking = False
        self._window = window

    def _has_appeared(self, somebody: bool, time_s: float) -> bool:
        """Whether the tracker sees somebody and saw nobody before: worth a look at once, but not all the time."""
        if not somebody or self._saw_somebody or time_s - self._appeared_s < SEARCH_EVERY_S:
            return False
        self._appeared_s = time_s
        return True

    def _goes_on(self, seen: Pose) -> bool:
        """Whether somebody is the person followed, by place, size and direction."""
        return self._last is not None and continues(body_of(self._last), body_of(seen), seen.time_s - self._last.time_s)

    def _follow(self, found: Pose, frame: Frame) -> None:
        """Remember the person, and set the window anew for the next frame where it no longer fits."""
        self._last = found
        body = body_of(found)
        self._settled = self._settled or not is_upright(body)
        share = fills(body, frame)
        if self._window is None:
            if share < SMALL:
                self._look_through(around(body, frame), frame)
        elif share > LARGE:
            self._look_through(None, frame)
        elif not self._window.holds(body, frame):
            self._look_through(around(body, frame), frame)

    def _reconsidered(self, frame: Frame, seen: Pose) -> Pose:
        """The person who goes on, or, while nobody who lies or kneels has been found, one who does now."""
        if self._settled or not is_upright(body_of(seen)) or frame.time_s - self._searched_s < RECONSIDER_EVERY_S:
            return seen
        self._searched_s = frame.time_s
        people = self._search.people(frame)
        chosen = people[choose(people, self._who)] if people else seen
        if is_upright(body_of(chosen)) or are_same(body_of(chosen), body_of(seen)):
            return seen
        self.warnings.append(
            f"from {frame.time_s:.1f} s on another person is judged, who lies or kneels; first somebody upright was"
        )
        self._shot += 1
        return self._taken_up(chosen, seen, frame)

    def _searched(self, frame: Frame, seen: Pose) -> Pose | None:
        """The person as a search finds them; None where they are not found."""
        self._searched_s = frame.time_s
        if self._last is None:
            people = self._search.people(frame)
            if not people:
                self._look_through(None, frame)
                return None
            chosen = choose(people, self._who)
            self._warn(ambiguity(people, chosen, self._who, frame.time_s))
            return self._taken_up(people[chosen], seen, frame)
        last = self._last
        people = self._search.people(frame, body_of(last))
        lost_s = frame.time_s - last.time_s
        same = nearest([pose for pose in people if self._goes_on(pose)], body_of(last))
        if same is not None:
            return self._taken_up(same, seen, frame)
        if not people:
            self._look_through(None, frame)
            return None
        if lost_s < GIVE_UP_S:
            if not self._said_between:
                self._said_between = True
                self._warn(
                    f"at {frame.time_s:.1f} s somebody else is seen instead of the person judged; not judged then"
                )
            return None
        self._warn(
            f"from {frame.time_s:.1f} s on another person may be judged: the one before was lost at {last.time_s:.1f} s"
            "; each is judged alone"
        )
        self._shot += 1
        return self._taken_up(people[choose(people, self._who)], seen, frame)

    def _taken_up(self, chosen: Pose, seen: Pose, frame: Frame) -> Pose:
        """The person chosen, in the first view in which the tracker sees them too."""
        body = body_of(chosen)
        small = fills(body, frame) < SMALL
        if is_plausible(seen) and are_same(body_of(seen), body) and not (small and self._window is None):
            return seen
        for window in ([] if small else [None]) + [around(body, frame), around(body, frame, SECOND_LENGTHS)]:
            self._look_through(window, frame)
            again = self._track(frame)
            if is_plausible(again) and are_same(body_of(again), body):
                return again
        return chosen

    def _warn(self, sentence: str | None) -> None:
        if sentence is not None:
            self.warnings.append(sentence)


def _cuts_said(times_s: Sequence[float]) -> str:
    """How many cuts there are, and where the first ones."""
    count = f"{len(times_s)} cuts" if len(times_s) > 1 else "1 cut"
    places = ", ".join(f"{time_s:.1f}" for time_s in times_s[:MOST_CUTS])
    more = ", ..." if len(times_s) > MOST_CUTS else ""
    return f"{count} (at {places}{more} s): each shot is judged by itself"


class StillFinder(Closable):
    """Finds one person in each frame, which have nothing to do with one another.

    Args:
        search: Looks for everybody; closed with the finder.
        who: The one meant, of several.

    Attributes:
        warnings: Plain sentences on who was chosen.
    """

    def __init__(self, search: Search, who: Who = "auto") -> None:
        self.warnings: list[str] = []
        self._search = search
        self._who = who

    def estimate(self, frame: Frame) -> Pose:
        """The person's pose in pixels of the frame's full upright size; None for landmarks where there is nobody."""
        people = self._search.people(frame)
        if not people and (people := self._search.in_tight_frame(frame)):
            self.warnings.append("the picture cuts the body close, so joints may be less exact; leave room around it")
        if not people:
            return nobody_in(frame, frame.rgb(INFERENCE_SIDE_PX))
        chosen = choose(people, self._who)
        sentence = ambiguity(people, chosen, self._who, frame.time_s)
        self.warnings += [] if sentence is None else [sentence]
        return people[chosen]

    def close(self) -> None:
        """Closes the search."""
        self._search.close()

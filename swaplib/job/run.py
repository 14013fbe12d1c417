"""A job from start to end: check everything, train, swap the movie, score it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from swaplib import SwaplibError, first_few, networks
from swaplib.crops import Crops, capture, coverage, dataset, selection
from swaplib.files.provenance import record_consent, save_picture
from swaplib.files.writing import replacing
from swaplib.job import inputs, report, train
from swaplib.job.folder import CONSENT, MOVIE, SCORES, SHEET, Folder
from swaplib.job.options import Ask, Job, Say
from swaplib.job.source import meant, stretch_of
from swaplib.job.surroundings import stoppable
from swaplib.movie import Report, swap_movie
from swaplib.movie import people as people_of
from swaplib.movie.sightings import Sightings
from swaplib.networks import swap
from swaplib.scoring import tables


class Stopped(KeyboardInterrupt):
    """A job was stopped by Ctrl-C; the message says what is kept and what the same command will do."""


def run(job: Job, say: Say = print, ask: Ask = None) -> dict:
    """Run a job; returns the scores, which are also printed and written.

    All inputs are checked first. If own material is used, ask is then called with the names of the
    files, and its answer (who gave consent, in words) is kept. Writes to `job.out`: swapped.mp4, sheet.jpg,
    curve.png, model.npz, scores.json, and preview.jpg during training. If it is interrupted anywhere, the
    same job continues where it stopped. Raises SwaplibError for input it can't use and output it can't
    write, and `Stopped`, a KeyboardInterrupt, at Ctrl-C.
    """
    with stoppable(say) as say, prepared(job, say, ask) as folder:
        return _done(job, folder, say)


@contextmanager
def prepared(job: Job, say: Say = print, ask: Ask = None, trains: bool = True) -> Iterator[Folder]:
    """Check everything, ask for consent, and lock the folder for the job: yields the `Folder`."""
    words = inputs.check(job)
    folder = Folder(job.out)
    folder.check_names()
    trains = trains and job.minutes is not None
    statement = ask(job.own) if ask and job.own else None
    with folder.locked():
        folder.claim()
        if trains:
            train.settle(job, folder, say)
        if statement:
            record_consent(folder / CONSENT, statement, job.own)
        for line in words:
            say(line)
        try:
            yield folder
        except KeyboardInterrupt as stop:
            raise Stopped(folder.kept() if trains else "The same command starts again.") from stop


def _done(job, folder, say):
    """Capture, train, and then use the model."""
    learn, test = people(job, folder, say)
    who, seen = meant(job, None if job.shipped else learn[1].images, say)
    if job.minutes is None:
        model, path = swap.check_swap(networks.load(job.model), job.model), job.model
    else:
        model, path = train.trained(job, folder, learn, say), folder.model
    safe = f"The trained model is safe in {path}: --model {path} reuses it."
    try:
        return _used(job, folder, model, learn, test, who, seen, say)
    except SwaplibError as error:
        raise SwaplibError(f"{error}\n{safe}") from error
    except Exception:
        say(safe)
        raise


def _used(job, folder, model, learn, test, number, seen, say):
    """Swap the movie, draw the sheet, score both."""
    scores, ways = {"job": job.number}, {"blend": job.blend, "colour": job.colour}
    known, frames = job.shipped and job.whole and job.movie == dataset.movie("b"), []
    if job.movie:
        see = frames.append if known else None
        report_of_it = swapped(job, model, folder / MOVIE, number, see, seen)
        say(f"\n{report_of_it}")
        scores["movie_report"] = asdict(report_of_it)
    save_picture(folder / SHEET, report.sheet(model, *test, paired=job.shipped), job=job.name)
    who, facts = report.identity(learn, test)
    scores |= facts
    scores["test"] = report.score_pictures(job, model, learn, test, who)
    if known:
        scores["movie"] = tables.score_movie(frames, job.movie, dataset.movie("a"), who, **ways)
    with replacing(folder / SCORES) as part:
        part.write_text(json.dumps(scores, indent=1), encoding="utf-8")
    say(report.written(scores))
    say(f"\nIn {folder.out}: {folder.listing()}")
    return scores


def swapped(
    job: Job,
    model: keras.Model,
    target: Path,
    who: int | None = None,
    see: Callable[[np.ndarray], object] | None = None,
    seen: Sightings | None = None,
) -> Report:
    """Swap the job's movie, or the chosen stretch of it; returns the `movie.Report`.

    who: the number of the person; None for the largest face at the start. see: called with each frame before
    it is marked. seen: the faces in the movie, if they have been found already.
    """
    to_a = swap.swapper(model, again=True).predict_on_batch
    with stretch_of(job) as path:
        ways = {"blend": job.blend, "colour": job.colour}
        return swap_movie(path, target, to_a, job.size, who=who, job=job.name, see=see, seen=seen, **ways)


def people(job: Job, folder: Folder, say: Say = print) -> tuple[tuple[Crops, Crops], tuple[Crops, Crops]]:
    """Return the crops to train on and to score on: ((a, b), (a, b)). Prints each person's coverage."""
    if job.shipped:
        person_a, person_b, test_a, test_b = (
            dataset.load(f"{part}_{who}", job.size) for part in ("person", "test") for who in "ab"
        )
        return (person_a, person_b), (test_a, test_b)
    a, b = (found.faces for found in captured(job, folder, say))
    for sentence in coverage.compare(a, b)[0]:
        say(sentence)
    (learn_a, test_a), (learn_b, test_b) = a.split(), b.split()
    return (learn_a, learn_b), (test_a, test_b)


def captured(job: Job, folder: Folder, say: Say = print) -> list[capture.Capture]:
    """Capture the material of A and of B, without excluded pictures and other people."""
    names = inputs.left_out_names(job)
    found, known = [], set()
    for name, sources in (("A", job.a), ("B", job.b)):
        all_of_it = capture.capture(sources, job.size, leave_out=[*names, *folder.own(sources)])
        known |= {*all_of_it.skipped, *all_of_it.faces.factors["name"].tolist()}
        found.append(selection.keep_one(all_of_it, people_of.sort_crops))
        say(f"{name}: {found[-1]}")
    if unknown := [n for n in names if n not in known]:
        say(f"{job.leave_out} names pictures that were not captured anyway: {first_few(unknown)}")
    return found

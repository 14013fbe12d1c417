"""Mistakes that the tests must see: each is put into a copy of swaplib, and a test has to fail there.

    python tests/mutants.py                # all of them, some minutes
    python tests/mutants.py -k align       # those whose file or new text has this word

A row of MUTANTS is a file of swaplib, a piece of its text that stands there once, what a slip of the
hand might have written instead, and the test that has to fail then. The copy lies in a temporary
folder; the library itself is not touched. First the tests run on an unchanged copy, where they must
pass: a test that fails anyway catches nothing. The exit status is the number of mutants that survived.

pytest doesn't collect this; `test_mutants.py` sees to it that the texts are still those of the library.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

MUTANTS = [
    # a rotation the wrong way round
    (
        "face/align.py",
        "return np.asarray(points) @ matrix[:, :2].T + matrix[:, 2]",
        "return np.asarray(points) @ matrix[:, :2] + matrix[:, 2]",
        "test_align.py::test_similarity_finds_the_transform_that_was_made",
    ),
    # a reflection, where it fits better
    (
        "face/align.py",
        "proper = np.array([1.0, np.sign(np.linalg.det(u @ v))])",
        "proper = np.ones(2)",
        "test_align.py::test_similarity_never_reflects",
    ),
    # half a pixel aside
    (
        "face/align.py",
        "ANCHORS * size - 0.5)",
        "ANCHORS * size)",
        "test_align.py::test_a_crop_is_the_same_at_every_size",
    ),
    # fine detail turns into noise
    (
        "face/align.py",
        "if shrink > 1.5:",
        "if shrink > 150:",
        "test_align.py::test_a_small_crop_of_a_large_face_has_no_noise",
    ),
    # width and height confused
    (
        "face/align.py",
        "(x < shape[1] - 0.5) & (y < shape[0] - 0.5)",
        "(x < shape[0] - 0.5) & (y < shape[1] - 0.5)",
        "test_align.py::test_inside_counts_the_points_in_the_frame",
    ),
    # the surroundings of the decoded face are pasted too
    (
        "face/mask.py",
        "sigma = feather * size",
        "sigma = 3 * feather * size",
        "test_paste.py::test_the_mask_without_pictures_is_the_hull_with_a_soft_rim",
    ),
    # hair is painted on the forehead
    (
        "face/mask.py",
        "reach = np.min([free,",
        "reach = np.max([free,",
        "test_paste.py::test_the_mask_goes_up_to_the_hair_and_not_into_it",
    ),
    # one picture's hairline decides
    (
        "face/mask.py",
        "for picture in pictures)], axis=0)",
        "for picture in pictures[:1])], axis=0)",
        "test_paste.py::test_the_lower_of_both_hairlines_counts",
    ),
    # a stray lock is a hairline
    (
        "face/mask.py",
        "middle = np.median(windows(",
        "middle = np.min(windows(",
        "test_paste.py::test_one_stray_lock_makes_no_notch",
    ),
    # the light from one side is a hairline
    (
        "face/mask.py",
        "np.median(own, axis=1, keepdims=True)",
        "np.median(own, axis=(0, 1))",
        "test_paste.py::test_a_bald_head_gets_a_forehead_and_no_more",
    ),
    # the frame is blended in a square
    (
        "movie/paste.py",
        "return blend_soft(frame, out, np.clip(2 * near - 1, 0, 1), None)",
        "return out",
        "test_paste.py::test_bands_do_not_end_in_a_square_where_the_crop_does",
    ),
    # all bands by the finest mask
    (
        "movie/paste.py",
        "pyramids = [_gaussian_pyramid(x) for x in (frame, face, mask)]",
        "pyramids = [_gaussian_pyramid(x) for x in (frame, face, np.round(mask))]",
        "test_paste.py::test_bands_spread_a_step_in_shading_and_keep_fine_detail_in_its_place",
    ),
    # an unfinished membrane
    (
        "movie/paste.py",
        "SWEEPS = 12",
        "SWEEPS = 1",
        "test_paste.py::test_the_membrane_is_harmonic",
    ),
    # the surroundings' colours count
    (
        "movie/paste.py",
        "mean = np.average(pixels, axis=0, weights=weights)",
        "mean = np.average(pixels, axis=0)",
        "test_paste.py::test_fitted_colours_have_the_sources_mean_and_spread_within_the_mask",
    ),
    # a true edge is a seam
    (
        "scoring/blending.py",
        "np.maximum(ours, true)[quiet].mean()",
        "np.maximum(ours, true).mean()",
        "test_metrics.py::test_a_hard_edge_is_a_seam_and_a_soft_one_less",
    ),
    # only the truth is real, and an untouched frame has a seam
    (
        "scoring/blending.py",
        "true = np.max(theirs, axis=0)",
        "true = theirs[0]",
        "test_metrics.py::test_a_true_picture_has_no_seam_wherever_it_has_edges",
    ),
    # what nobody sees counts
    (
        "scoring/blending.py",
        "max(jump, least) / max(true[quiet].mean(), least)",
        "jump / max(true[quiet].mean(), 1e-9)",
        "test_metrics.py::test_a_hard_edge_is_a_seam_and_a_soft_one_less",
    ),
    # the perfect decoder's face along the wrong track
    (
        "scoring/tables.py",
        "face = align.crop(true, align.crop_matrix(there, size), size)",
        "face = align.crop(true, align.crop_matrix(at, size), size)",
        "test_tables.py::test_each_movie_is_cropped_along_its_own_face_where_both_have_one",
    ),
    # the two tracks mixed up
    (
        "scoring/tables.py",
        "seen, found = (track.smooth",
        "found, seen = (track.smooth",
        "test_tables.py::test_each_movie_is_cropped_along_its_own_face_where_both_have_one",
    ),
    # a face that dashes taken for a false find
    (
        "movie/track.py",
        "and not _known(track, piece):",
        "and True:",
        "test_movie.py::test_a_face_that_dashes_is_the_same_face",
    ),
    # a slider whose face at rest is put in as if it had begun
    (
        "latent/values.py",
        "first = min(np.searchsorted(made, made[0] + hair) - 1, at_rest)",
        "first = np.searchsorted(made, made[0] + hair) - 1",
        "test_latent.py::test_a_smile_that_begins_late_begins_at_once_with_the_slider",
    ),
    # a lamp is taken for a hand
    (
        "movie/track.py",
        "change = change[mask] - np.median(change[mask], axis=0)",
        "change = change[mask]",
        "test_movie.py::test_a_covered_face_is_left_alone",
    ),
    # a black reconstruction makes a face of light
    (
        "movie/paste.py",
        "np.clip(gain, 0.5, 2)",
        "gain",
        "test_movie.py::test_colour_match_changes_the_light_and_leaves_the_skin",
    ),
    # the network is shown the same light again
    (
        "movie/swapping.py",
        "encode_decode(np.clip(crops / gains, 0, 1))",
        "encode_decode(crops)",
        "test_movie.py::test_a_face_in_an_unknown_light_is_drawn_in_a_known_one",
    ),
    # the encoder helps the critic
    (
        "networks/swap.py",
        "return 2 * ops.stop_gradient(x) - x",
        "return x",
        "test_swap.py::test_the_critic_turns_the_gradient_round",
    ),
    # each person's scale is the other's
    (
        "networks/swap.py",
        'codes.append(_own_encoder(encoder, own_scale, f"encoder_{who}")(pictures[-1]))',
        'codes.append(_own_encoder(encoder, own_scale, "encoder_" + "ba"["ab".index(who)])(pictures[-1]))',
        "test_swap.py::test_each_person_has_a_scale_of_their_own",
    ),
    # a picture goes through the wrong encoder
    (
        "networks/swap.py",
        'model.get_layer(f"encoder_{other}")(picture)',
        'model.get_layer(f"encoder_{to}")(picture)',
        "test_swap.py::test_a_swap_goes_in_by_ones_encoder_and_out_by_the_others_decoder",
    ),
    # the reconstruction first, the swap second
    (
        "networks/swap.py",
        "for who in (to, other)]",
        "for who in (other, to)]",
        "test_swap.py::test_a_swap_goes_in_by_ones_encoder_and_out_by_the_others_decoder",
    ),
    # a probe that knows its people by heart
    (
        "latent/probes.py",
        "_score(cross_val_predict(_reader(values), codes, values, cv=split), values)",
        "_score(_reader(values).fit(codes, values).predict(codes), values)",
        "test_latent.py::test_a_probe_knows_no_names_by_heart",
    ),
    # a slider that only goes through the middle half
    (
        "latent/directions.py",
        "np.percentile(values, [2, 98], axis=0) - middle",
        "np.percentile(values, [25, 75], axis=0) - middle",
        "test_latent.py::test_named_directions_are_told_apart",
    ),
    # ranges that don't begin at the middle
    (
        "latent/directions.py",
        "np.percentile(values, [2, 98], axis=0) - middle",
        "np.percentile(values, [2, 98], axis=0)",
        "test_latent.py::test_named_directions_are_told_apart",
    ),
    # compared with a mean that nobody can know beforehand
    (
        "latent/probes.py",
        "np.sum((new_y - y.mean(axis=0)) ** 2)",
        "np.sum((new_y - new_y.mean(axis=0)) ** 2)",
        "test_latent.py::test_what_follows_from_factors_is_explained_and_what_does_not_is_not",
    ),
    # the start is read as the middle of the data
    (
        "latent/values.py",
        "((here, start), (there, {**start, **asked}))",
        "((here, {}), (there, {**start, **asked}))",
        "test_latent.py::test_a_smile_can_be_taken_back",
    ),
    # a bend taken for a line
    (
        "latent/values.py",
        "return np.concatenate([z, z[:, one] * z[:, other]], axis=1)",
        "return z",
        "test_latent.py::test_a_value_follows_the_bend",
    ),
    # a lamp that goes along with the turning head is moved too
    (
        "latent/values.py",
        'known = [n for n, column in factors.items() if column.dtype.kind == "f" and column.std() > 0]',
        "known = [n for n, column in factors.items() if n in names]",
        "test_latent.py::test_what_goes_along_is_left_where_it_is",
    ),
    # the calibration the wrong way round
    (
        "latent/values.py",
        "maps[name], hair = (made[kept], put_in[kept])",
        "maps[name], hair = (put_in[kept], made[kept])",
        "test_latent.py::test_what_is_asked_is_what_is_seen",
    ),
    # what goes along is driven on
    (
        "latent/values.py",
        "-np.sign(change) * against",
        "np.sign(change) * against",
        "test_latent.py::test_what_goes_along_is_held",
    ),
    # straight ahead is put in as if it were aside
    (
        "latent/values.py",
        "made += rest - np.interp(rest, put_in, made)",
        "made += rest",
        "test_latent.py::test_straight_ahead_is_put_in_as_it_is_whoever_looks_aside",
    ),
    # what can't be moved is offered all the same
    (
        "latent/values.py",
        "if share < least:",
        "if share < 0:",
        "test_latent.py::test_what_cannot_be_moved_is_not_offered",
    ),
    # bars of a probe that is the same each time
    (
        "latent/probes.py",
        "scores = [_score(read[k], new_values[k]) for k in picked",
        "scores = [_score(read, new_values) for k in picked",
        "test_latent.py::test_the_bars_of_a_probe_hold_what_other_pictures_give",
    ),
    # the mirror turns the picture and not the head
    (
        "networks/judge.py",
        "images[k], values[k] = images[k, :, ::-1], values[k] * self.sign",
        "images[k] = images[k, :, ::-1]",
        "test_judge.py::test_a_mirrored_head_looks_the_other_way",
    ),
    # a judge that isn't sure sees half of each change
    (
        "networks/judge.py",
        "gain = stretch * drawn.scale",
        "gain = drawn.scale",
        "test_judge.py::test_readings_rise_as_the_truth_does",
    ),
    # undo goes back two steps
    (
        "notebook/explorer.py",
        "if who is None or who is not last or now - when > ONE_DRAG:",
        "if who is None or now - when > ONE_DRAG:",
        "test_explorer.py::test_undo_takes_back_step_by_step",
    ),
    # a slider that begins at 0, whatever the picture does
    (
        "notebook/explorer.py",
        "return {name: self.stands.get(name, 0.0) for name in self.controls}",
        "return dict.fromkeys(self.controls, 0.0)",
        "test_explorer.py::test_a_slider_stands_for_a_value_and_begins_where_the_picture_stands",
    ),
    # undo forgets what the old start did
    (
        "notebook/explorer.py",
        "self.base, self.stands, start, values = self._past.pop()",
        "self.base, _, start, values = self._past.pop()",
        "test_explorer.py::test_undo_takes_back_step_by_step",
    ),
    # a photo of somebody who wasn't asked
    (
        "notebook/panels.py",
        "if not self.words.value.strip():",
        "if not self.words:",
        "test_explorer.py::test_a_photo_wants_consent_and_a_face",
    ),
    # the cloud upside down
    (
        "notebook/panels.py",
        "goal = self._low + (np.array(at)[::-1] + 0.5)",
        "goal = self._low + (np.array(at) + 0.5)",
        "test_explorer.py::test_the_cloud_shows_who_is_where_and_a_click_goes_there",
    ),
    # a slider that does half passes
    (
        "scoring/sliders.py",
        "return _change(name, before, after) / expected",
        "return _change(name, before, after) / whole",
        "test_sliders.py::test_a_slider_that_does_what_it_says_reaches_one",
    ),
    # the whole picture counts as face
    (
        "scoring/likeness.py",
        "return (each * masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))",
        "return each.mean(axis=(1, 2))",
        "test_metrics.py::test_inside_the_face_nothing_else_counts",
    ),
    # the face's figure under the whole picture's name
    (
        "scoring/likeness.py",
        '"error_face": float(absolute_error(made, truth, masks).mean())',
        '"error_face": float(absolute_error(made, truth).mean())',
        "test_metrics.py::test_inside_the_face_nothing_else_counts",
    ),
    # one false angle makes a bad swap
    (
        "scoring/pose.py",
        "typical = np.median if name in POSE else np.mean",
        "typical = np.mean",
        "test_metrics.py::test_one_wild_angle_does_not_move_the_error_of_the_pose",
    ),
    # a cut counts as flicker
    (
        "scoring/steadiness.py",
        "np.flatnonzero(np.diff(numbers) == 1)",
        "np.flatnonzero(np.diff(numbers) >= 1)",
        "test_metrics.py::test_flicker_sees_noise_and_skips_gaps",
    ),
    # what is slow counts as fine
    (
        "scoring/likeness.py",
        "across) > 0.25",
        "across) < 0.25",
        "test_metrics.py::test_only_what_is_fine_and_inside_the_face_is_fine_detail",
    ),
    # the edge of the mask is taken for fine detail of the face
    (
        "scoring/likeness.py",
        "windows = np.stack([_window(mask) for mask in masks])",
        "windows = np.asarray(masks)",
        "test_metrics.py::test_only_what_is_fine_and_inside_the_face_is_fine_detail",
    ),
    # a mirrored head that is still turned to the other side
    (
        "scoring/pose.py",
        '-values if name in ("yaw", "roll") else values',
        '-values if name in ("yaw",) else values',
        "test_metrics.py::test_a_mirrored_reading_is_the_plain_one_put_right",
    ),
    # found in neither or in one is the same
    (
        "scoring/pose.py",
        "np.where(np.isnan(x), other[name], np.where(np.isnan(other[name]), x, (x + other[name]) / 2))",
        "(x + other[name]) / 2",
        "test_metrics.py::test_a_face_found_once_is_read_once",
    ),
    # a ceiling that nobody could fall short of
    (
        "scoring/tables.py",
        "pose.pose_expression_kept(mirrored, plain)",
        "pose.pose_expression_kept(plain, plain)",
        "test_tables.py::test_a_swap_stands_beside_its_reconstruction_its_baselines_and_the_ceiling",
    ),
    # B's reconstruction compared with A
    (
        "scoring/tables.py",
        "again=reconstructed(model, test_a.images)",
        'again=reconstructed(model, test_b.images, "b")',
        "test_tables.py::test_a_swap_stands_beside_its_reconstruction_its_baselines_and_the_ceiling",
    ),
    # only upright edges are learnt
    (
        "training/losses.py",
        "ops.pad(across, [[0, 0], [0, 0], [0, 1]]) + ops.pad(down, [[0, 0], [0, 1], [0, 0]])",
        "ops.pad(across, [[0, 0], [0, 0], [0, 1]])",
        "test_losses.py::test_edges_are_gradients_across_and_down",
    ),
    # any contrast is fine detail
    (
        "training/losses.py",
        "fine = grey - _blur(grey)",
        "fine = grey",
        "test_losses.py::test_detail_is_the_amplitude_of_what_a_blur_takes_away",
    ),
    # of a black picture, the gradient is not a number
    (
        "training/losses.py",
        "ops.sqrt(_blur(fine * fine) + 1e-6)",
        "ops.sqrt(_blur(fine * fine))",
        "test_losses.py::test_training_begins_at_a_black_picture_and_weights_count",
    ),
    # the codes run away from the critic
    (
        "networks/swap.py",
        "if critic and not own_scale:",
        "if critic and not own_scale and False:",
        "test_swap.py::test_a_critic_without_scales_is_refused",
    ),
    # no JPEG, so a network that has learnt the files' marks is not told
    (
        "training/batches.py",
        "return degradation.jpeg(images, rng.integers(40, 100)) if rng.random() < 0.5 else images",
        "return images",
        "test_detector.py::test_both_of_a_pair_get_the_same_mirror_light_and_now_and_then_file",
    ),
    # the light says which one is real
    (
        "training/batches.py",
        "np.exp(rng.normal(0, 0.15))",
        "np.exp(rng.normal(0, 0.15, (len(images), 1, 1, 1)))",
        "test_detector.py::test_both_of_a_pair_get_the_same_mirror_light_and_now_and_then_file",
    ),
    # the picture's edges look like fine detail
    (
        "scoring/traces.py",
        "* window * window[:, None]",
        "* 1",
        "test_detector.py::test_the_spectrum_knows_what_is_fine",
    ),
    # cold where the detector looks
    (
        "scoring/traces.py",
        "scores[0] - scores[1:]",
        "scores[1:] - scores[0]",
        "test_detector.py::test_occlusion_finds_what_the_score_looks_at",
    ),
    # the edge without the edge
    (
        "scoring/traces.py",
        "_ratio(steep[outer & ~inner], steep[core])",
        "_ratio(steep[core], steep[outer & ~inner])",
        "test_detector.py::test_the_rim_sees_a_paste",
    ),
    # a checker that lets an answer change what it is given
    (
        "exercises/__init__.py",
        "value = function(*map(copied, arguments))",
        "value = function(*arguments)",
        "test_exercises.py::test_a_function_gets_copies_and_may_work_in_place",
    ),
    # a function without `return` taken for one that nobody has written
    (
        "exercises/__init__.py",
        "if value is ...:\n        raise NotYet",
        "if value in (None, ...):\n        raise NotYet",
        "test_exercises.py::test_one_line_is_said_to_whatever_a_function_does",
    ),
    # a constant taken for an area under the curve
    (
        "exercises/lesson_06.py",
        "for value, (real, fake) in zip(found, scores, strict=True):",
        "for value, (real, fake) in [(found[0], scores[0])]:",
        "test_exercises.py::test_a_wrong_answer_gets_its_hint",
    ),
    # a PCA that is tried with one size of code only
    (
        "exercises/lesson_01.py",
        "for k in (4, 9):",
        "for k in (4,):",
        "test_exercises.py::test_a_wrong_answer_gets_its_hint",
    ),
    # a picture of somebody taken for one of nobody
    (
        "exercises/lesson_01.py",
        'for name in ("many", "person_a", "test_a")) < 0.005',
        'for name in ("many", "person_a", "test_a")) < 0',
        "test_exercises.py::test_a_wrong_answer_gets_its_hint",
    ),
]


def copied(folder):
    """The library, its tests and their settings in a folder; the data is only pointed to."""
    here = shutil.ignore_patterns("__pycache__", "data", "*.md")
    for name in ("swaplib", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=here)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "swaplib" / "data").symlink_to(ROOT / "swaplib" / "data", target_is_directory=True)


def fails(folder, *tests):
    """Whether a test of the copy fails. Raises RuntimeError when none ran, or not on the copy."""
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    python = [sys.executable, "-c", "import swaplib; print(swaplib.__file__)"]
    where = subprocess.run(python, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    if Path(where.stdout.strip()).resolve().parent != (folder / "swaplib").resolve():
        raise RuntimeError(f"the tests would run on {where.stdout.strip()}")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, *(f"tests/{test}" for test in tests)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    if run.returncode not in (0, 1):  # 1: a test failed; others: none was found, a text is no Python
        raise RuntimeError(run.stdout[-2000:] + run.stderr[-2000:])
    return run.returncode == 1


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-k", default="", metavar="WORD", help="only those whose file or text has it")
    word = parser.parse_args().k
    chosen = [row for row in MUTANTS if word in row[0] + row[2]]
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder).resolve()
        copied(folder)
        if fails(folder, *dict.fromkeys(test for *_, test in chosen)):
            raise SystemExit("Some of the tests fail without a mutant: mend that first.")
        for name, old, new, test in chosen:
            path = folder / "swaplib" / name
            text = path.read_text()
            path.write_text(text.replace(old, new))
            caught = fails(folder, test)
            path.write_text(text)
            survived += not caught
            print(f"{'caught  ' if caught else 'SURVIVED'}  {name}: {new}", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} caught")
    return survived


if __name__ == "__main__":
    sys.exit(main())

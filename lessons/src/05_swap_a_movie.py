# %% [markdown]
# # 05 · Swap a movie
#
# *Find the face in each frame, draw the other person's face, paste it in, and label the result.*
#
# **You will learn**
#
# - the nine steps from a movie to a swapped movie, most of them demonstrated on a single frame;
# - where a mask should end, and three ways to hide its rim;
# - how to match the light of a scene without copying the skin of the person in it;
# - how to separate the decoder's errors from those of the paste by means of a decoder that makes no
#   errors;
# - how to judge a paste by two measures, and why a common score prefers half a swap to a perfect one;
# - which four marks label a movie as synthetic, what each of them survives, and what a signature proves.
#
# **Before you start, you need:** lesson [04](04_face_swap.ipynb): one encoder, two decoders. Terms
# are collected in the
# [glossary](https://github.com/two-decoders/two-decoders/blob/v0.2.0/docs/glossary.md).
#
# **Time:** 4 minutes to run on a CPU, or 4 on a GPU (nothing is trained), plus about two hours to
# read, experiment and do the exercises.
#
# **Rules:** This lesson swaps the faces of two rendered people, who don't exist. Colab's
# [FAQ](https://research.google.com/colaboratory/faq.html) lists "creating deepfakes" among the uses
# that it doesn't allow, so read it before you run the lesson there. Everything also runs on Kaggle or
# on a laptop with two cores.

# %% tags=["setup"]
# In Colab or elsewhere online, this installs the course; on your own machine it is already installed.
import importlib.util
import subprocess
import sys

if not importlib.util.find_spec("swaplib"):
    course, version = "https://github.com/two-decoders/two-decoders", "0.2.0"
    wheel = f"{course}/releases/download/v{version}/swaplib-{version}-py3-none-any.whl"
    for source in (wheel, f"git+{course}@v{version}"):
        pip = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-color", "--retries=2",
             f"swaplib @ {source}"], capture_output=True, text=True)
        importlib.invalidate_caches()
        if importlib.util.find_spec("swaplib"):
            print(f"Installed swaplib {version} from {source}. There is no need to restart.")
            break
    else:
        said = pip.stderr.strip().splitlines() or ["pip gave no reason"]
        telling = [line for line in said if any(x in line for x in ("fatal", "pathspec", "ERROR"))]
        reason = (telling or said[-1:])[0].strip()
        raise RuntimeError(f"swaplib {version} could not be installed ({reason}). Check the network "
                           "(on Kaggle: Settings, Internet), then run this cell again. "
                           f"Available versions: {course}/releases")

# %%
from swaplib import muted

with muted():
    import cv2
    import numpy as np

    from swaplib.exercises import lesson_05 as check
    from swaplib.notebook import Live, charts, show, swap_charts
    from swaplib.notebook.budget import announce, pick

announce(cpu=4, gpu=4)

# %% [markdown]
# ## The result first
#
# *3 minutes.* The left picture shows a frame from a movie of B. The middle one shows the same frame
# after the swap: he now has A's face, with his own expression. The right one shows the truth, which
# only a renderer can supply: A herself, giving the same performance. Run the cells up to and including
# the next two, then move the slider to see every tenth frame of the movie.

# %%
with muted():
    from swaplib import movie, networks
    from swaplib.crops import dataset
    from swaplib.face.landmarks import Landmarker
    from swaplib.files import video
    from swaplib.networks import swap

SIZE = 128  # pixels of a crop
# Trained beforehand, as in lesson 4; it has seen no frame of this movie.
model = networks.shipped(f"swap_{SIZE}")
to_a = swap.swapper(model, again=True)  # a crop of B -> (A doing the same, B reconstructed)


def every_tenth(which):
    return [frame for k, frame in enumerate(video.read_frames(dataset.movie(which))) if k % 10 == 0]


def located(frames):
    """478 points (x, y) of the face in each frame, see step 1; NaN where no face is found."""
    with muted(), Landmarker() as find:
        found = [find(frame) for frame in frames]
    return [some[0].points if some else np.full((478, 2), np.nan) for some in found]


# %%
from ipywidgets import SelectionSlider

from swaplib.files import provenance

source, truth = every_tenth("b"), every_tenth("a")
points_b, points_a = located(source), located(truth)
swapped = movie.swap_frames(source, points_b, to_a.predict_on_batch, SIZE)


def frame_by_frame(frame):
    k = frame // 10
    return show.side_by_side({"B, the source": source[k], "the swap": provenance.mark(swapped[k]),
                              "A, the truth": truth[k]}, height=240)


tenths = SelectionSlider(options=range(0, 10 * len(source), 10), value=10)
Live(frame_by_frame, {"frame": tenths}, alt=check.ALT["first"])

# %% [markdown]
# The hair, ears and neck are still B's, and the badge in the corner says how the picture was made.
# Now look at the face. Does A move her eyes, speak and blink as B does? Does her face appear to
# belong to the picture, or to lie on top of it?
#
# ## One frame, step by step
#
# *45 minutes, with exercises 1 to 3.*
#
# ### 1 Locate
#
# MediaPipe's network finds 478 **landmarks** in a face: points that mark the same feature on every
# face, such as the left corner of the mouth. To locate the face, we need only six of them, the corners
# of the eyes and of the mouth. Their midpoints give three points: one for each eye and one for the
# mouth.

# %%
from swaplib.face import align

NUMBER = 103
frame, true_frame = (
    next(f for k, f in enumerate(video.read_frames(dataset.movie(w))) if k == NUMBER) for w in "ba")
points, true_points = located([frame, true_frame])
three = align.anchors(points)  # the middle of each eye and of the mouth
show.picture(swap_charts.landmarks(frame, points, three), check.ALT["landmarks"])

# %% [markdown]
# ### 2 Align
#
# The encoder was trained on **crops**, square pictures in which the eyes and the mouth are always in
# the same places. We therefore need a combination of rotation, scaling and translation, called a
# **similarity transform**, that moves this face there. No similarity transform maps all three points
# exactly, since no two faces have the same proportions, so we choose the one with the smallest sum of
# squared distances; Umeyama (1991) gives the formula. The result is a matrix of two rows that maps a
# `point` in the frame to the crop: `matrix[:, :2] @ point + matrix[:, 2]`.

# %%
matrix = align.crop_matrix(points, SIZE)
crop = align.crop(frame, matrix, SIZE) / np.float32(255)

scale = np.sqrt(np.linalg.det(matrix[:, :2]))
angle = np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))
print(f"rotated by {angle:.0f} degrees, scaled by a factor of {scale:.2f}, shifted by "
      f"{np.round(matrix[:, 2])} px")

# %% [markdown]
# ### Exercise 1: from the crop to the frame
#
# The matrix maps a point in the frame to the crop. To paste the new face, we need the inverse. Write
# a function for it. (`np.linalg.solve(m, v)` returns the `x` for which `m @ x = v`.)

# %% tags=["exercise"]
### BEGIN SOLUTION
def to_frame(point, matrix):
    """Where a point (x, y) of the crop lies in the frame. matrix: (2, 3), from frame to crop."""
    linear, shift = matrix[:, :2], matrix[:, 2]
    return np.linalg.solve(linear, point - shift)
### END SOLUTION
check.to_frame(to_frame)

# %% [markdown]
# With this function, we can locate the corners of the crop in the frame and draw its outline. If the
# check said *Right*, the lesson uses your function; otherwise, it uses the course's own. The same
# holds for all later exercises.

# %%
to_frame = check.accepted(check.to_frame, to_frame, check.our_to_frame)
corners = np.array([[0, 0], [SIZE, 0], [SIZE, SIZE], [0, SIZE]]) - 0.5
outline = np.array([np.ravel(to_frame(corner, matrix)) for corner in corners])
cut_out = swap_charts.landmarks(frame, [], three, outline)
sheet = show.side_by_side({"the frame, with the crop outlined": cut_out, "the crop": crop}, height=320)
show.picture(sheet, check.ALT["crop"])

# %% [markdown]
# ### 3 Encode, 4 Decode
#
# The next cell is lesson 4 in three lines. The code describes what the face is doing. A's decoder
# draws A doing the same, and B's decoder reconstructs B, which will be useful in step 7.

# %%
encoder, decoder_a, decoder_b = (
    model.get_layer(name) for name in ("encoder_b", "decoder_a", "decoder_b"))
code = encoder.predict_on_batch(crop[None])  # 128 numbers
face = decoder_a.predict_on_batch(code)[0]
reconstructed = decoder_b.predict_on_batch(code)[0]

true_matrix = align.crop_matrix(true_points, SIZE)
true_crop = align.crop(true_frame, true_matrix, SIZE) / np.float32(255)
sheet = show.side_by_side({"the crop of B": crop, "B, reconstructed": reconstructed,
                           "A, from B's code": face, "A, the truth": true_crop}, height=220)
show.picture(sheet, check.ALT["decoded"])

# %% [markdown]
# ### 5 Mask
#
# The decoder has drawn a whole square, which includes A's hair, her neck and part of the wall. In the
# frame, however, the surroundings of the square are B's, so we use only the face. The **mask**
# determines where the new face is visible: it is 1 inside, 0 outside, and falls gradually from 1 to 0
# at the rim.
#
# Where should the mask end? The outline of the landmarks is their **convex hull**, the shape of a
# rubber band stretched around them. It crosses the middle of the forehead, because MediaPipe has no
# landmarks further up, and on bare skin every edge is easy to see. Our mask therefore extends
# upwards, ray by ray, as far as both pictures, the crop and the new face, still show skin. It ends at
# the hairline, or at whatever covers the forehead.

# %%
from swaplib.face.mask import face_mask, hull_mask

in_crop = align.transform(points, matrix)
hull = hull_mask(in_crop, SIZE)
low = face_mask(in_crop, SIZE)
mask = face_mask(in_crop, SIZE, pictures=(crop, face))
sheet = show.side_by_side({
    "hull of the landmarks": np.repeat(hull[..., None], 3, axis=2),
    "soft": np.repeat(low[..., None], 3, axis=2),
    "soft, to the hairline": np.repeat(mask[..., None], 3, axis=2),
    "B outside": crop * (1 - mask[..., None]), "A inside": face * mask[..., None]}, height=200)
show.picture(sheet, check.ALT["masks"])

# %% [markdown]
# ### Exercise 2: blend
#
# Plain blending is the sum of the last two pictures. Write it as a function for any frame and face of
# shape `(h, w, 3)` and any mask of shape `(h, w)`.

# %% tags=["exercise"]
### BEGIN SOLUTION
def blend(frame, face, mask):
    """The face where the mask is 1, the frame where it is 0, and a mixture in between."""
    mask = mask[..., None]
    return frame * (1 - mask) + face * mask
### END SOLUTION
check.blend(blend)

# %%
blend = check.accepted(check.blend, blend, check.our_blend)
kinds = {"the whole square": np.ones((SIZE, SIZE), np.float32), "hull, hard edge": hull,
         "hull, soft": low, "to the hairline, soft": mask}
sheet = show.side_by_side({name: np.clip(blend(crop, face, some), 0, 1)
                           for name, some in kinds.items()}, height=220)
show.picture(sheet, check.ALT["blended"])

# %% [markdown]
# ### 6 Paste
#
# The inverse of the matrix moves the face and the mask back to their place in the frame, where the
# face is blended in. We call plain blending **soft**. There are two other classic ways to hide the
# rim:
#
# - **Bands** (Burt and Adelson, 1983): both pictures are split into coarse and fine patterns (a
#   *Laplacian pyramid*). Fine patterns are mixed across a narrow rim and coarse ones across a wide rim,
#   so pores end abruptly while shading fades gradually.
# - **Gradients** (Pérez et al., 2003, *Poisson blending*): instead of the colours of the face, we copy
#   their *changes* from pixel to pixel. At the rim, the colours are those of the frame, and from there
#   inwards the changes are added up.

# %%
from swaplib.movie import paste

reach = int(0.75 * np.ptp(points, axis=0).max())


def close(frame):
    """The part of a frame around the face."""
    x, y = points.mean(axis=0).astype(int)
    return frame[max(y - reach, 0) : y + reach, max(x - reach, 0) : x + reach]


views = {"the hull, hard edge": paste.paste(frame, face, matrix, hull)}
views |= {way: paste.paste(frame, face, matrix, mask, way) for way in paste.BLENDS}
sheet = show.side_by_side({name: close(view) for name, view in views.items()}, height=260)
show.picture(sheet, check.ALT["pasted"])

# %% [markdown]
# The hard edge is easy to see. "soft" and "bands" look almost alike here and share one fault: the far
# cheek fades into the wall, because the soft rim lies on the outline of the head there. "gradients"
# keeps the outline sharp, but the far cheek has taken on the colour beyond the rim. The mask for
# "gradients" also ends slightly earlier, because the dark colour of B's hair would spread into A's
# face wherever the rim touched the hair. As a result, more of B remains visible. The movie below uses
# "bands".
#
# ### 7 Colour
#
# The decoder knows only the light of its training pictures. What if the light in the scene is
# different? We compare three options:
#
# - **none**: leave the face as it was decoded;
# - **frame**: give it the mean and the standard deviation of the colours that it replaces (after
#   Reinhard et al., 2001; computed in **Lab**, which separates lightness from colour);
# - **light**: give it the light of the scene but keep its own skin colour.
#
# The last option needs B's decoder, which has reconstructed him from the same code under the light that
# the network assumes. If this reconstruction differs in colour from the real crop, the skin can't be
# the reason, because both show B's skin; the reason must be the light. One factor each for red, green
# and blue describes the difference, and we multiply A's face by the same factors (similar to von
# Kries's model of how the eye adapts).
#
# The light in this movie comes from one steady lamp. To test a change of light, we replace it with a
# dim, bluish lamp, simulated by one factor for each colour.

# %%
LAMP = np.float32([0.55, 0.65, 0.8])  # what the new lamp leaves of red, green and blue


def coloured(crop, where):
    """A's face decoded from a crop of B: {way to colour: picture}, the mask, and B reconstructed.

    where: the landmarks in the crop.
    """
    drawn, him = (x[0] for x in to_a.predict_on_batch(crop[None]))
    some = face_mask(where, SIZE, pictures=(crop, drawn))
    made = {name: way(drawn, him, crop, some) for name, way in paste.COLOURS.items()}
    return made, some, him


ways, under_lamp, him = coloured(crop * LAMP, in_crop)
dimmed, true_dimmed = ((x * LAMP).astype(np.uint8) for x in (frame, true_frame))
gain = paste.light_gain(him, crop * LAMP, under_lamp)  # sum of the crop over that of the reconstruction
print("the lamp:", LAMP, "    estimated without knowing the lamp:", np.round(gain, 2))

# %% [markdown]
# The estimated factors can differ from those of the lamp, because the code describes the light to
# some extent, and the decoders have already drawn that part.
#
# **Predict before you run.** What is wrong with A's face under the new lamp? (a) Only its colours, and
# "light" or "frame" corrects them. (b) The face itself is drawn wrongly as well.

# %%
prediction = ...  # "a" or "b"

# %% [markdown]
# To answer this, we score frames under a light that changes in steps from the movie's own to the
# lamp's:

# %%
from swaplib.scoring import likeness

usable = [(b, at_b, a, at_a) for b, at_b, a, at_a in zip(source, points_b, truth, points_a, strict=True)
          if not (np.isnan(at_b).any() or np.isnan(at_a).any())]
half_of_them = usable[::2]  # to save time


def scores(way, share):
    """{name: (error, SSIM)} inside the face, averaged over frames.

    share: 0 for the movie's light, 1 for the lamp.
    way: takes a crop and the landmarks in it, returns {name: picture}.
    """
    found = {}
    light = LAMP**np.float32(share)
    for b, at_b, a, at_a in half_of_them:
        m, true_m = align.crop_matrix(at_b, SIZE), align.crop_matrix(at_a, SIZE)
        cut, goal = (light * align.crop(x, y, SIZE) / np.float32(255)
                     for x, y in ((b, m), (a, true_m)))
        inside = hull_mask(align.transform(at_a, true_m), SIZE)[None]
        for name, drawn in way(cut, align.transform(at_b, m)).items():
            both = (likeness.absolute_error, likeness.ssim)
            values = [score(drawn[None], goal[None], inside)[0] for score in both]
            found.setdefault(name, []).append(values)
    return {name: np.mean(some, axis=0) for name, some in found.items()}


# %% tags=["answer"]
def pasted_under_lamp(ways):
    """Close-ups of the frame under the lamp, blended softly: bands would mix the colours."""
    return {name: close(paste.paste(dimmed, made, matrix, under_lamp)) for name, made in ways.items()}


sheet = show.side_by_side({**pasted_under_lamp(ways), "A, the truth": close(true_dimmed)}, height=240)
show.picture(sheet, check.ALT["lamp"])
SHARES = np.linspace(0, 1, 5)  # from the movie's own light to the new lamp
by_share = [scores(lambda crop, where: coloured(crop, where)[0], share) for share in SHARES]
before, after = by_share[0], by_share[-1]
charts.table({name: {"SSIM, movie's light": before[name][1], "SSIM, lamp": after[name][1]}
              for name in after}, digits=3)
check.predicted(prediction, "b" if after["light"][1] < before["light"][1] - 0.02 else "a")

# %% [markdown]
# <details><summary><b>Why?</b> (open it after your prediction)</summary>
#
# The colours can be corrected afterwards, but the face can't. The *encoder* has never been trained on
# pictures in such light, so its code is wrong.
#
# </details>

# %% [markdown]
# We have an estimate of the light. What happens if we remove this light from the crop, decode the face
# **again**, and apply the light to the result?

# %%
def drawn_twice(crop, where):
    """A's face decoded again, without the light: one more option besides those of `coloured`."""
    _, some, him = coloured(crop, where)
    face, him = movie.draw_again(him[None], crop[None], some[None], to_a.predict_on_batch)
    return {"light, decoded twice": paste.match_colour(face[0], him[0], crop, some)}


ways |= drawn_twice(crop * LAMP, in_crop)
views = pasted_under_lamp({name: made for name, made in ways.items() if "light" in name})
sheet = show.side_by_side({**views, "A, the truth": close(true_dimmed)}, height=240)
show.picture(sheet, check.ALT["drawn twice"])

# %%
by_share = [some | scores(drawn_twice, share) for some, share in zip(by_share, SHARES, strict=True)]
errors, similarity = (
    {name: np.array([some[name][k] for some in by_share]) for name in ways} for k in (0, 1))
charts.table({name: {
    "error, movie's light": errors[name][0], "error, lamp": errors[name][-1],
    "SSIM, movie's light": similarity[name][0], "SSIM, lamp": similarity[name][-1]} for name in ways},
    digits=3)
figure = charts.lines({name: (SHARES, off) for name, off in errors.items()},
                      "from the movie's light (0) to the lamp (1)", "error inside the face")
show.picture(figure, check.ALT["errors"])

# %% [markdown]
# <details><summary><b>What the table and the chart show</b></summary>
#
# In the movie's own light, which the training set includes, "none" and "light" give the same result,
# whether the face is drawn once or twice, and "frame" is slightly worse. When the light changes,
# doing nothing is the worst option: the face remains too bright and too warm for the scene. Decoding
# the face twice brings it closer to the true A than any correction of the colours alone, though not
# as close as in a familiar light. The first decoding already included some of the dim light, so the
# estimated factors account for only part of the lamp's effect. More kinds of light in the training
# set would probably help more.
#
# "frame" can't distinguish light from skin: it gives A the colours of B's *lit skin*. The two have
# similar skin, his a little redder, so under the lamp "frame" does as well as "light". With a fair
# and a dark person, it would give one the skin of the other (we have no such pair on which to test
# this). That is wrong if you ask what A would look like, but it is common practice, because the neck
# and the ears remain B's and viewers would notice a difference. "light" doesn't depend on the skin of
# the pair, as long as B is reconstructed well. The movie below uses "light" and decodes each face
# twice.
#
# </details>

# %% [markdown]
# ### 8 Smooth
#
# That completes one frame. A movie has hundreds of frames, and in each of them the landmarks are off
# by a small amount in a random direction, so a face pasted using them jitters. We therefore find the
# face in all frames first and then smooth its path.
#
# **Predict before you run.** The simplest filter is the exponential average: each result is 0.6 times
# the previous result plus 0.4 times the new position, so it uses only the past. If a face moves at a
# constant speed, by how many frames does the result lag behind?

# %%
prediction = ...  # for example 1

# %% tags=["answer"]
def behind(keep, frames=100):
    """How far an exponential average is behind a face that moves by 1 px a frame."""
    at = 0.0
    for place in range(1, frames):
        at = keep * at + (1 - keep) * place
    return place - at


check.predicted(prediction, round(behind(0.6), 2), "frames")

# %% [markdown]
# ### Exercise 3: a formula for the lag
#
# Let `keep` be the share of the previous result, 0.6 above. Write a function that returns the lag for a
# given `keep`, and compare it with `behind` at 0.5, 0.6 and 0.9. (Once the motion is steady, the lag is
# the same in every frame. When the face moves on by one unit, the distance grows by one, and the filter
# keeps the share `keep` of it: `lag = keep * (lag + 1)`.)

# %% tags=["exercise"]
### BEGIN SOLUTION
def lag(keep):
    """How many frames an exponential average lags behind a steady movement."""
    return keep / (1 - keep)
### END SOLUTION
check.lag(lag)

# %%
lag = check.accepted(check.lag, lag, lambda keep: behind(keep, 1000))
keeps = [float(keep) for keep in np.linspace(0, 0.9, 19)]
figure = charts.lines({"lag(keep)": (keeps, [lag(keep) for keep in keeps]),
                       "behind(keep)": (keeps, [behind(keep) for keep in keeps])},
                      "keep", "frames behind")
show.picture(figure, check.ALT["lag"])

# %% [markdown]
# A movie, however, is stored in a file, so the frames *after* the current one are known as well, and
# a window that extends equally far in both directions has no lag. In each window, we fit a line or a
# parabola to the path and take its value in the middle: this is the Savitzky-Golay filter (1964). The
# window is wide where the face is at rest and narrow where it moves fast. This adaptation to the
# speed comes from the One Euro filter (Casiez et al., 2012), which has to work without future frames.
# In the table, our filter is called "local fit".

# %%
from swaplib.movie import track
from swaplib.scoring import steadiness

raw = track.locate(dataset.movie("b"))  # the face in every frame, as found
tidied = track.tidy(raw)  # without false detections and covered faces
steady = track.smooth(tidied)
jitter = steadiness.steadiness(tidied)
charts.table(jitter)

# %%
late = track.smooth(tidied, steadiness.exponential_average)
middles = np.stack([align.anchors(p).mean(axis=0) for p in tidied.points])  # (frames, 2) px
speed = np.linalg.norm(np.diff(middles, axis=0, prepend=np.nan), axis=1)  # px a frame
fast = speed >= np.nanquantile(speed, 0.9)
paths = {name: np.array([align.anchors(p)[0, 0] for p in path.points])  # of the left eye
         for name, path in {"as found": tidied, "exponential": late, "local fit": steady}.items()}
figure = swap_charts.speed_and_paths(
    speed, fast, paths, {"a quick turn": (92, 125), "a calm moment": (236, 250)})
show.picture(figure, check.ALT["paths"])

# %% [markdown]
# In the table, `jitter_px` is the jitter in pixels. `lag_frames` and `off_px` are measured on the
# fastest tenth of the frames, vermilion in the plot: the delay of the path in frames, and its
# distance in pixels from the detected points. These frames contain B's quick turns and the moments
# when he leaves the picture or returns. The face then moves many pixels per frame, so a lag of one
# frame is a large error. Since such moments are short, they may end before the exponential average
# has settled, and its lag is then smaller than your formula predicts.
#
# Both filters reduce the jitter, but only the local fit keeps up with the face. These rendered frames
# are clean, so there is little jitter to begin with; try the filters on a movie of your own (`python
# -m swaplib --help`).
#
# ### 9 Label
#
# Every movie written by this course is labelled as synthetic by four marks. One of them, the badge, is
# visible below. The last part of this lesson shows the other three and tests what each of them
# survives.

# %%
done = movie.put_back(frame, face, reconstructed, matrix, points)  # steps 5 to 7 at once
sheet = show.side_by_side({"B, the source": frame, "the swap, labelled": provenance.mark(done),
                           "A, the truth": true_frame}, height=288)
show.picture(sheet, check.ALT["labelled"])

# %% [markdown]
# ## The movie
#
# *5 minutes.* The function `swap_movie` takes all frames through the nine steps. It reads the movie
# twice, first to find and smooth the path and then to swap the face, so it never holds the whole
# movie in memory. It also keeps the sound. The arguments `blend=` and `colour=` select the options of
# steps 6 and 7; the defaults are `"bands"` and `"light"`.

# %%
from pathlib import Path

OUT = Path("build")
target = OUT / "swapped.mp4"
unmarked = []  # each swapped frame before it is marked: we measure on these
report = movie.swap_movie(dataset.movie("b"), target, to_a.predict_on_batch, SIZE,
                          see=unmarked.append)
print(report)

# %% [markdown]
# If a frame contains no face, or too little of one, it is left unchanged, and the report says so: a
# missing swap does less harm than a wrong one. In this movie, B leaves the picture once, and a card
# passes in front of his face once. When he rushes out and back in, his face moves by more than half its
# height from one frame to the next. Since such a jump may also be a false detection, the tracker
# compares the faces and continues only if they belong to the same person.
#
# Here is the swapped movie between its source and the truth, with sound. (If the player stays empty,
# run the lesson up to this point: JupyterLab doesn't play movies stored in a notebook.)

# %%
from swaplib.files import writing

trio = OUT / "side_by_side.mp4"
three_movies = (video.read_frames(path) for path in (dataset.movie("b"), target, dataset.movie("a")))
with (writing.replacing(trio) as part,
      video.Writer(part, 25, dataset.movie("b"), "synthetic - face swap in the middle") as writer):
    for frames in zip(*three_movies, strict=True):
        small = [cv2.resize(f, (288, 216), interpolation=cv2.INTER_AREA) for f in frames]
        writer.write(np.hstack(small))
show.video(trio, check.ALT["movie"], width=864)

# %% [markdown]
# The next cell reads the marks of the swapped movie. You can do the same for any picture or movie, here
# or with `python -m swaplib read FILE`.

# %%
from swaplib.files import marks

print(marks.read_marks(target))
print("Does its source carry a mark?", "Yes." if marks.read_marks(dataset.movie("b")).synthetic else "No.")

# %% [markdown]
# ## The perfect decoder
#
# *10 minutes, with exercise 4.* A swapped movie can go wrong in two places: where the decoder draws
# the face, and where the face is pasted. To separate the two, imagine a decoder that makes no
# mistakes. It would draw the true A, whose pictures we have: we can cut A's face out of her own movie
# and paste it into B's. Any error in *that* result is due to the paste alone, and no network could do
# better.
#
# ### Exercise 4: write the perfect decoder
#
# Build it from the steps above: cut out A's crop using her own landmarks, find B's matrix, make a
# mask from his landmarks, and paste as the movie does, with `"bands"`. You need `align.crop_matrix`,
# `align.crop`, `align.transform`, `face_mask` and `paste.paste`. Remember that the values in a crop
# of a frame range from 0 to 255.

# %% tags=["exercise"]
### BEGIN SOLUTION
def perfect(frame, points, true_frame, true_points):
    """B's frame (h, w, 3), uint8, with the face of the true A in it."""
    true_crop = align.crop(true_frame, align.crop_matrix(true_points, SIZE), SIZE) / np.float32(255)
    matrix = align.crop_matrix(points, SIZE)
    crop = align.crop(frame, matrix, SIZE) / np.float32(255)
    mask = face_mask(align.transform(points, matrix), SIZE, pictures=(crop, true_crop))
    return paste.paste(frame, true_crop, matrix, mask, "bands")
### END SOLUTION
check.perfect(perfect, frame, points, true_frame, true_points)

# %%
def cropped(frame, points):
    return align.crop(frame, align.crop_matrix(points, SIZE), SIZE) / np.float32(255)


def put_back(frame, points, drawn, him=None, kind="hairline", blend="bands", colour="light"):
    """A frame with a decoded crop pasted with the chosen options of steps 5 to 7, and the mask."""
    m, cut = align.crop_matrix(points, SIZE), cropped(frame, points)
    where = align.transform(points, m)
    if kind == "hull":
        some = hull_mask(where, SIZE)
    else:
        some = face_mask(where, SIZE, pictures=(cut, drawn) if kind == "hairline" else ())
    return paste.paste(frame, paste.COLOURS[colour](drawn, him, cut, some), m, some, blend), some


# %%
def course_perfect(frame, points, true_frame, true_points):
    return put_back(frame, points, cropped(true_frame, true_points))[0]


perfect = check.accepted(check.perfect, perfect, course_perfect)
ceiling = perfect(frame, points, true_frame, true_points)
sheet = show.side_by_side({"B, the source": close(frame), "the swap": close(done),
                           "the true A, pasted": close(ceiling)}, height=300)
show.picture(sheet, check.ALT["perfect"])

# %% [markdown]
# ## Two goals
#
# *6 minutes.* How should we judge a paste? Two questions are reasonable.
#
# - **How close is it to the true A?** We measure SSIM inside the face, as in lesson 4 (Wang et al.,
#   2004).
# - **Is there a seam?** We measure how abruptly the colour and the **grain**, the fine texture of the
#   skin, change across the rim of the mask, and divide by the change at the same place in true
#   pictures. A ratio of 1 means that there is no seam.
#
# A viewer asks the second question and can't answer the first. **Predict before you run:** which
# way of pasting ends up furthest from the true A? And does it also have the worst seam?

# %%
prediction = ...  # "hard edge", "soft", "bands" or "gradients"

# %%
from swaplib.scoring import blending

WAYS = {  # the mask, the way to blend, the way to colour
    "hard edge": ("hull", "soft", "light"),
    "soft, to the landmarks": ("landmarks", "soft", "light"),
    **{way: ("hairline", way, "light") for way in paste.BLENDS},
    "soft, the frame's colours": ("hairline", "soft", "frame"),
}
found = {name: {} for name in WAYS}
for b, at_b, a, at_a in half_of_them:
    cut, goal = cropped(b, at_b), cropped(a, at_a)
    inside = hull_mask(align.transform(at_a, align.crop_matrix(at_a, SIZE)), SIZE)
    drawn, him = (x[0] for x in to_a.predict_on_batch(cut[None]))
    for name, way in WAYS.items():
        for whose, some, other in (("swap", drawn, him), ("true A", goal, None)):
            pasted, rim = put_back(b, at_b, some, other, *way)
            view = cropped(pasted, at_b)[None]
            values = {"SSIM": likeness.ssim(view, goal[None], inside[None]),
                      **blending.seam(view, [goal[None], cut[None]], [rim])}
            for kind in ("SSIM", "colour", "grain"):
                found[name].setdefault(f"{kind}, {whose}", []).append(values[kind][0])

# %% tags=["answer"]
columns = [f"{kind}, {whose}" for kind in ("SSIM", "colour", "grain") for whose in ("swap", "true A")]
goals = {name: {column: float(np.median(row[column])) for column in columns}
         for name, row in found.items()}
charts.table(goals, digits=3)
check.predicted(prediction,
                min(("hard edge", *paste.BLENDS), key=lambda name: goals[name]["SSIM, swap"]))
print("The worst seam in colour:", max(goals, key=lambda name: goals[name]["colour, swap"]))

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# "gradients" leaves no step in colour, yet it is the furthest from the true A, further even than the
# clearly visible hard edge. It keeps B's colours at the rim, and its mask has to end on bare skin,
# so more of B remains visible. The measure of the seam can't detect this.
#
# Now compare the hard edge, "soft, to the landmarks", "soft" and "bands". Their seams differ widely,
# and you have seen the worst of them above. Their SSIM hardly differs, because the rim contains only a
# small share of the pixels. So **no single number tells you how good a swap is**. "bands" does well on
# both measures.
#
# Finally, compare the two columns of SSIM. The amount by which the true A falls short of 1 is the
# cost of the paste; only the difference between the swap and the true A is due to the decoder.
#
# </details>

# %% [markdown]
# ## How close is the movie to the truth?
#
# *8 minutes.* A's head has a different shape from B's, so a swap can't match the true frame pixel by
# pixel. We therefore crop each movie around its own face and compare the crops inside the face.
#
# Are large turns of the head the difficult part? **Predict before you run:** how much lower, in
# hundredths, is the movie's SSIM where the head is turned by more than 25° than where it is turned by
# less than 10°?

# %%
prediction = ...  # for example 10

# %% [markdown]
# First, we crop the face from every frame of B's movie, of A's movie, of the swap (before marking and
# compression), and of the perfect decoder's result.

# %%
true = track.smooth(track.tidy(track.locate(dataset.movie("a"))))
for one, other in ((steady, true.found), (true, steady.found)):
    one.points[~other] = np.nan  # only frames in which both have a face

crops_a, landmarks_a, numbers = movie.aligned_crops(dataset.movie("a"), true, SIZE)
crops_b, landmarks_b, _ = movie.aligned_crops(dataset.movie("b"), steady, SIZE)
crops_swap = movie.aligned_crops(unmarked, steady, SIZE)[0]
drawn = to_a.predict(crops_b, verbose=0)[0]  # the decoder's output, before pasting


def perfect_crops():
    """The perfect decoder's result for each frame in which both have a face, cropped around B's."""
    for n, (b, a) in enumerate(zip(*(video.read_frames(dataset.movie(w)) for w in "ba"), strict=True)):
        if steady.found[n]:
            yield cropped(perfect(b, steady.points[n], a, true.points[n]), steady.points[n])


best = np.stack(list(perfect_crops()))


def cost(values, hard, easy):
    """How much lower a score is in the hard frames than in the easy ones."""
    return float(values[easy].mean() - values[hard].mean())


# %% tags=["answer"]
inside = np.stack([hull_mask(p, SIZE) for p in landmarks_a])
rims = np.stack([face_mask(p, SIZE, pictures=some)
                 for p, some in zip(landmarks_b, zip(crops_b, drawn, strict=True), strict=True)])
middle = inside * (rims > 0.99)  # where only A's face shows
compared = {"unswapped B": (crops_b, inside), "the movie": (crops_swap, inside),
            "the movie, without the mask's rim": (crops_swap, middle), "the decoder": (drawn, inside),
            "the true A, pasted": (best, inside)}
ssim = {name: likeness.ssim(made, crops_a, where) for name, (made, where) in compared.items()}
factors = {name: values[numbers] for name, values in dataset.movie_factors().items()}
turn, mouth = np.abs(factors["yaw"]), factors["mouth_open"]
frames_of = {"all": turn >= 0, "turn under 10°": turn < 10, "turn over 25°": turn > 25,
             "mouth closed": mouth < 0.1, "mouth open": mouth > 0.3}
charts.table({name: {kind: score[which].mean() for kind, which in frames_of.items()}
              for name, score in ssim.items()}, "SSIM", digits=3)
closed = {name: {kind: likeness.gap_closed(ssim[name][which].mean(), ssim["unswapped B"][which].mean())
                 for kind, which in frames_of.items()} for name in ("the movie", "the decoder",
                                                                    "the true A, pasted")}
charts.table(closed, "share of the gap closed", digits=3)
turned = cost(ssim["the movie"], turn > 25, turn < 10)
check.predicted(prediction, round(100 * turned, 1), "hundredths")

# %% tags=["answer"]
shown = ("the true A, pasted", "the decoder", "the movie", "unswapped B")
figure = swap_charts.scores_over({"turn of the head, degrees": turn, "mouth open": mouth},
                                 {name: ssim[name] for name in shown}, "SSIM inside the face")
show.picture(figure, check.ALT["over the turn"])

# %% [markdown]
# <details><summary><b>What the figures show</b> (open it after your prediction)</summary>
#
# - The movie is much closer to the truth (0.916) than unswapped B (0.717).
# - The paste accounts for more than half of the remaining error: "the true A, pasted" falls short of
#   1 by 0.049, and the movie by 0.084. The difference, 0.035, is due to the decoder.
# - **A large turn costs the decoder only one or two hundredths** of SSIM, and an open mouth costs no
#   more. The training set contains turns of up to 35°, and mouths from closed to wide open.
# - The movie scores *higher* at large turns, 0.925 against 0.912. But so does unswapped B, the
#   control: 0.755 against 0.700. By the share of the gap closed, the movie gains nothing (0.695
#   against 0.705), the decoder loses (0.786 against 0.872), and only the paste gains (0.879 against
#   0.808).
#
# </details>

# %% [markdown]
# Where are the errors located? The next cell shows the mean error over all frames at each pixel.

# %%
maps = {name: (np.abs(made - crops_a).mean(axis=-1) * inside).mean(axis=0)
        for name, (made, where) in compared.items() if where is inside}
sheet = show.side_by_side({name: swap_charts.heat(m, 0.15) for name, m in maps.items()}, height=200)
show.picture(sheet, check.ALT["maps"])

# %% [markdown]
# The decoder's errors are concentrated around the eyes and the mouth. The gaze is hard to learn,
# because it affects only a few pixels and changes independently of the head. The errors of the paste
# lie at the temples: A's face is wider there than B's, so B's hair remains where her skin should be.
# A turned head hides one of the temples, and with it about half of this error. Keep in mind that the
# two faces meet at the rim of the mask; lesson 6 looks for traces there.
#
# ## The worst frames
#
# *3 minutes.* The next cell shows the three frames with the lowest scores, at least half a second apart:

# %%
worst = []
for k in np.argsort(ssim["the movie"]):
    if all(abs(numbers[k] - numbers[w]) > 12 for w in worst) and len(worst) < 3:
        worst.append(k)


def error_map(k):
    return swap_charts.heat(np.abs(crops_swap[k] - crops_a[k]).mean(axis=-1) * inside[k])


rows = [show.side_by_side({f"frame {numbers[k]}": crops_b[k], f"SSIM {ssim['the movie'][k]:.2f}":
                           crops_swap[k], "truth": crops_a[k], "error": error_map(k)}, height=160)
        for k in worst]
charts.table({f"frame {numbers[k]}": {
    "turn, degrees": f"{turn[k]:.0f}", "mouth open": f"{mouth[k]:.1f}",
    "eyes closed": f"{factors['blink'][k]:.1f}"} for k in worst})
show.picture(np.vstack(rows), check.ALT["worst"])

# %% [markdown]
# Two of these frames each have a problem of their own. In one, B shows his teeth, which cover only a
# few pixels, and A's are too dark. In the other, a card covers the edge of the face, but too little
# of it for the frame to be rejected, so the new face is smeared over the card. All three frames share
# the error at the temples, because B looks straight ahead; the third frame has no other fault.
#
# ## Frame by frame
#
# *3 minutes.* Now inspect the frames yourself. The error map shows the errors inside the face, in the
# crop. It is black if a frame contains no face.

# %%
from ipywidgets import IntSlider

from swaplib.files.picture import jpeg


def strips():
    """For every frame, source, swap, truth and error map side by side, as a JPEG: a few MB in all."""
    place = {int(n): k for k, n in enumerate(numbers)}  # frame number -> which of the crops
    black = np.zeros((SIZE, SIZE, 3), np.uint8)
    movies = (video.read_frames(path) for path in (dataset.movie("b"), target, dataset.movie("a")))
    for n, (b, made, a) in enumerate(zip(*movies, strict=True)):
        error = {"error": error_map(place[n])} if n in place else {"no face": black}
        yield jpeg(show.side_by_side(
            {"B, the source": b, "the swap": made, "A, the truth": a, **error}, height=200))


kept = list(strips())


def scrub(frame):
    return cv2.imdecode(np.frombuffer(kept[frame], np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


every = IntSlider(103, 0, len(kept) - 1, description="frame", layout={"width": "40em"})
Live(scrub, {"frame": every}, alt=check.ALT["strip"])

# %% [markdown]
# ## Large turns
#
# *4 minutes.* The movie is a single performance, so it tells only part of the story. The test pairs of
# lesson 4 have random poses. The next chart shows their SSIM and the distribution of B's turns in the
# training set. (The network was trained on 3,000 pictures of each person; the chart counts only the 800
# that the course contains.)

# %%
test_a, test_b = dataset.load("test_a", SIZE), dataset.load("test_b", SIZE)
as_a = to_a.predict(test_b.images, verbose=0)[0]
of_pairs = likeness.ssim(as_a, test_a.images, test_a.masks())
turn_of_pair = np.abs(test_b.factors["yaw"])
large, small = turn_of_pair > 30, turn_of_pair < 10
turns_trained = np.abs(dataset.load("person_b", 16).factors["yaw"])
figure = swap_charts.scores_and_counts(turn_of_pair, of_pairs, turns_trained, range(0, 36, 5))
show.picture(figure, check.ALT["turns"])
drawn_lots = np.random.default_rng(0).choice(of_pairs[small], (10_000, large.sum()))
print(f"mean SSIM below 10°: {of_pairs[small].mean():.3f} ({small.sum()} pairs); "
      f"beyond 30°: {of_pairs[large].mean():.3f} ({large.sum()} pairs)")
print(f"a random sample of {large.sum()} pairs from below 10° has a mean this low "
      f"{(drawn_lots.mean(axis=1) <= of_pairs[large].mean()).mean():.1%} of the time")

# %% [markdown]
# These scores are for the decoder's pictures, before any pasting, and here a turn does have a cost:
# the score is lowest at the largest turns, for which there are few training pictures. Beyond 30°
# there are only nine pairs, so the second line of the output is a control, for which we draw as many
# pairs at random from the small turns. Beyond 35° there are no training pictures, so nobody knows
# what the decoder would draw: a network returns a result for any input. Two further problems grow
# with the turn, whatever the network:
#
# - *The outline.* Seen from the side, the edge of the cheek is the edge of the head, which remains B's.
# - *The landmarks.* The further the head turns, the more of the far side is hidden, and MediaPipe can
#   only guess its position.
#
# ## A score that prefers half a swap
#
# *12 minutes, with exercise 5.* We can compare a swap with the true A because a renderer supplies
# her. Papers about real footage can't. They compare the swap with B's picture instead, which they
# call the **target**: the swap should keep the target's pose and expression, so the smaller the
# difference between the two, the better the swap.
#
# ### Exercise 5: a pose error
#
# MediaPipe measures three angles of the head in each picture. `made` and `target` are dictionaries with
# the arrays `"yaw"`, `"pitch"` and `"roll"`, in degrees, which contain NaN (not a number) for a picture
# in which no face was found. Return the mean absolute difference over the three angles and all
# pictures, leaving out NaN. (With the angles 1, 2, 3 in one picture and 2, 2, 5 in the other, the
# result is 1.)

# %% tags=["exercise"]
### BEGIN SOLUTION
def pose_error(made, target):
    """Mean absolute difference of yaw, pitch and roll, in degrees. Both: {name: (n,)}."""
    return float(np.nanmean([np.abs(made[name] - target[name]) for name in ("yaw", "pitch", "roll")]))
### END SOLUTION
check.pose_error(pose_error)

# %% [markdown]
# We apply this score to five candidates for each test pair: `"unswapped B"`; two blends, in which
# each pixel is a mixture of B and the true A, `"a quarter of A"` and `"half of A"`; `"our swap"`; and
# the true A herself, `"a perfect swap"`.
#
# **Predict before you run:** which candidate has the largest pose error, measured against B, as in
# the papers?

# %%
prediction = ...  # for example "our swap"

# %% tags=["answer"]
from swaplib.scoring import pose

pose_error = check.accepted(check.pose_error, pose_error, check.our_pose_error)
some = slice(None, None, pick(ci=4, cpu=1))  # a test run has time for every fourth pair
a, b, ours = test_a.images[some], test_b.images[some], as_a[some]
candidates = {"unswapped B": b, "a quarter of A": 0.75 * b + 0.25 * a, "half of A": (a + b) / 2,
              "our swap": ours, "a perfect swap": a}
read = {name: pose.pose_expression(images) for name, images in candidates.items()}
read["the perfect swap, mirrored"] = pose.mirrored_pose_expression(a)


def expression_error(made, target):
    return float(np.nanmean([np.abs(made[name] - target[name]) for name in pose.EXPRESSION]))


judged = {name: {"pose, against B": pose_error(this, read["unswapped B"]),
                 "pose, against the true A": pose_error(this, read["a perfect swap"]),
                 "expression, against B": expression_error(this, read["unswapped B"]),
                 "expression, against the true A": expression_error(this, read["a perfect swap"])}
          for name, this in read.items()}
charts.table(judged, "errors", digits=3)
check.predicted(prediction, max(candidates, key=lambda name: judged[name]["pose, against B"]))

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# By this score, the best result is no swap at all. Unswapped B has an error of 0, a mixture with half
# of A 0.82°, our swap 1.35° and a perfect swap 1.40°, the largest of all. The expression error ranks
# them in the same way. The last row is the control: two readings of the same pictures of A differ by
# 0.53°. Between our swap and a perfect one the difference is smaller than that, but both are far
# behind unswapped B, which isn't due to noise.
#
# MediaPipe infers the angles from the shape of the face, and shapes differ: in the same pose, it reads a
# pitch for A that is 2.1° larger than B's. The more a face resembles A's, the further its readings are
# from B's. Measured against the true A, the order is reversed: our swap (0.63°) is nearly as close as a
# second reading of A herself, and unswapped B is the furthest. **Before you trust a score, ask what a
# perfect result would get.**
#
# </details>

# %% [markdown]
# ## Covered faces
#
# *5 minutes.* What does the network do with half a face? The next cells cover half of the crop with a
# grey card.
#
# **Predict before you run:** does A's decoder draw the card, too?

# %%
prediction = ...  # "yes" or "no"

# %% tags=["answer"]
half = crop.copy()
half[:, :SIZE // 2] = 0.6
drawn_half, b_from_half = (x[0] for x in to_a.predict_on_batch(half[None]))
covered = np.s_[SIZE // 4 : 3 * SIZE // 4, SIZE // 4 : SIZE // 2]  # the middle of the covered half
to_card, to_face = (float(np.abs(drawn_half[covered] - x[covered]).mean()) for x in (half, face))
check.predicted(prediction, "yes" if to_card < to_face else "no")
sheet = show.side_by_side({"half a face": half, "B, decoded from it": b_from_half,
                           "A, decoded from it": drawn_half, "A, the truth": true_crop}, height=220)
show.picture(sheet, check.ALT["half a face"])

# %% [markdown]
# <details><summary><b>What the decoder draws</b> (open it after your prediction)</summary>
#
# No picture in A's training set contains a card, so her decoder draws a whole face and makes up the
# covered half. The other half suffers as well, because the whole code comes from a picture unlike any
# that the encoder has been trained on. A paste would now put the new face *over* the card.
#
# </details>

# %% [markdown]
# The landmarks give no warning: if much of a face is covered, MediaPipe guesses them. In our movie, it
# detected a face behind the card, but `track.tidy` rejected the frame because the face suddenly looked
# like another person's. What would happen if we trusted the landmarks and swapped the face regardless?
# And what about the first frame after the card, which was swapped?

# %%
covered = [n for n, why in tidied.reasons.items() if why == "the face is covered"][:1]
after = [n for n in numbers.tolist() if covered and n > covered[0]][:1]
shots = {n: f for n, f in enumerate(video.read_frames(dataset.movie("b"))) if n in covered + after}
forced = movie.swap_frames(
    list(shots.values()), raw.points[list(shots)], to_a.predict_on_batch, SIZE)
views = {}
for (n, before), made in zip(shots.items(), forced, strict=True):
    views[f"frame {n}"] = before
    label = "swapped regardless" if n in covered else "as in the movie"
    views[label] = provenance.mark(made)
show.picture(show.side_by_side(views or {"no frame rejected": frame}, height=190), check.ALT["card"])

# %% [markdown]
# The first face is as pale as the card, since step 7 mistook the card for skin in a different light.
# Better programs identify the pixels that belong to the object in front and remove them from the mask.
# Ours leaves a frame unchanged if much of the face is covered. The second frame shows that it doesn't
# detect every case.
#
# ## Four marks, and what they survive
#
# *12 minutes.* A label helps honest people only as long as it stays with the picture. Pictures are
# compressed, cropped and photographed off a screen, usually without any ill intent. Every file that
# this course writes therefore carries four marks, which fail in different ways:
#
# | mark | location | who can read it |
# |---|---|---|
# | **badge** | in the pixels, visible | everybody |
# | **label** | in the metadata, in terms standardised by the press (IPTC) | programs |
# | **credentials** | in the metadata, signed (C2PA) | programs, which also check the signature |
# | **bits** | in the pixels, too faint to see (an invisible watermark) | programs that have the key |
#
# The credentials contain a hash of the file: if you change one byte, the hash no longer matches. The
# bits are a pattern of small cells, slightly lighter or darker than the picture, that repeats every
# 128 pixels. A program that knows the pattern adds up all the copies, so that the picture averages
# out and the pattern remains. It holds 32 bits, enough for a number that identifies the job that made
# the picture. In a movie, every other frame carries the pattern inverted, so that the eye averages it
# out.
#
# The next cells take a file with one swapped frame and damage it in several ways. **Predict before you
# run:** which mark survives the most kinds of damage?

# %%
prediction = ...  # "badge", "label", "credentials" or "bits"

# %%
from PIL import Image

from swaplib.scoring import damage

one = OUT / "one_frame.jpg"
provenance.save_picture(one, swapped[1], job="lesson 5")
hurt = OUT / "damaged"
hurt.mkdir(exist_ok=True)


def read_again(name, picture=None, data=None, **kept):
    """Save a damaged picture as another program would, and read it: (the picture, its `Marks`)."""
    path = hurt / f"{name.replace(' ', '_').replace(',', '')}.jpg"
    if data is None:
        Image.fromarray(picture).save(path, quality=95, **kept)
    else:
        path.write_bytes(data)
    return cv2.imread(str(path))[..., ::-1], marks.read_marks(path)


# %%
file = Image.open(one)
pixels = np.asarray(file)
changed = bytearray(one.read_bytes())
changed[-1000] ^= 1
damaged = {"as it is": read_again("as it is", data=one.read_bytes()),
           "one byte changed": read_again("one byte changed", data=bytes(changed)),
           "saved again, metadata kept":
               read_again("kept", pixels, exif=file.getexif(), xmp=file.info["xmp"]),
           "saved again": read_again("saved again", pixels)}
for name, change in damage.DAMAGES.items():
    if name not in damaged:
        damaged[name] = read_again(name, *change([pixels]))

# %% [markdown]
# Move the slider to choose a kind of damage. The four lines below the picture say which of the marks
# a program still finds.

# %%
MARKS = ("badge", "label", "credentials", "bits")


def states(found):
    """{mark: its state, in a word}."""
    signed = {"trusted": "valid", "valid": "valid", "unread": "not installed"}
    return {"badge": "found" if found.badge else "missing",
            "label": "found" if found.label else "missing",
            "credentials": signed.get(found.credentials.state, found.credentials.state),
            "bits": "found" if found.bits else "missing"}


def damaged_by(damage):
    picture, found = damaged[damage]
    return swap_charts.with_states(picture, states(found), good=("found", "valid"))


kinds_of_damage = SelectionSlider(options=list(damaged), value="saved again", layout={"width": "40em"})
Live(damaged_by, {"damage": kinds_of_damage}, alt=check.ALT["damaged"])

# %% tags=["answer"]
table_of_marks = {name: states(found) for name, (_, found) in damaged.items()}
charts.table(table_of_marks, "damage")
survived = {mark: sum(row[mark] in ("found", "valid") for row in table_of_marks.values())
            for mark in MARKS}
check.predicted(prediction, max(survived, key=survived.get))
counts = ", ".join(f"{mark} {count}" for mark, count in survived.items())
print(f"files in which each mark survived, of {len(damaged)}: {counts}")

# %% [markdown]
# <details><summary><b>What the table shows</b> (open it after your prediction)</summary>
#
# The two marks in the metadata are lost as soon as a program saves only the pixels. This isn't an
# attack: many programs and most social networks write nothing else. The badge survives everything
# that leaves its corner in the picture, so cropping removes it. The bits survive everything in this
# table. Try some damage that they don't survive: a strong blur, a rotation, or heavy video
# compression (H.264 at CRF 40).
#
# None of the four would be enough on its own. The bits prove nothing, because anyone with the key can
# write them, and this course contains the key. The credentials prove that nobody has changed the file
# since it was signed, but they are the first to be lost. The badge can be read without any program,
# but one crop removes it. That is why every file carries all four.
#
# </details>

# %% [markdown]
# ### What does a signature prove?
#
# Your certificate was created on your machine by this course, and it is self-signed: nobody else
# vouches for it. The next cell reads the same file in three ways: as someone who trusts your root
# certificate, as a stranger, and after one byte has been changed.

# %%
from swaplib.files import credentials

own = credentials.certificates() / "root.pem" if credentials.installed() else None
nobody = hurt / "another_root.pem"
if own:
    nobody.write_bytes(credentials.new_certificates()["root.pem"])  # a root that has signed nothing
    for who, root, path in (("trusts your root", own, one), ("trusts another root", nobody, one),
                            ("trusts your root, one byte changed", own, hurt / "one_byte_changed.jpg")):
        said = credentials.read(path, root)
        print(f"{who:36}{said.state:10}{', '.join(said.problems)}")
else:
    print('Run pip install "swaplib[credentials]" to see this part.')

# %% [markdown]
# `valid` means that the file has not changed since somebody signed it. `trusted` means that, in
# addition, someone whom *you* chose to trust confirms who the signer is. Neither says that the
# content is true. A liar can sign a swap as a camera picture with a certificate of their own: it will
# be valid, and trusted by everyone who trusts the liar.
#
# What stops a liar, then? Not the mathematics. Lists of trusted roots include only organisations that
# can be held to account, cameras keep their keys out of their owners' reach, and the law requires the
# makers of generative tools to mark the output. People who want to deceive leave all marks off. **The
# absence of a label doesn't prove that a picture is real.** Lesson 6 is about such pictures.
#
# In the EU, Article 50 of the AI Act has required such marks since August 2026.
# [docs/marks.md](https://github.com/two-decoders/two-decoders/blob/v0.2.0/docs/marks.md) has more about
# the law and the marks, and explains how to sign with a certificate issued by an authority.
#
# **Further reading.** An encoder that hides bits in a picture and a decoder that reads them form an
# autoencoder, too: the picture is the bottleneck, and the damage is a layer of noise between the two.
# J. Zhu et al., "HiDDeN: hiding data with deep networks", *ECCV*, 2018, train such a pair. What would
# you put between the two so that the bits survive a screenshot?
#
# ## Quiz
#
# *4 minutes.*
#
# 1. Why does our smoothing have no lag? (a) It is faster than the exponential average. (b) It uses the
#    frames after the current one as well as those before. (c) It smooths less.
# 2. Suppose that B is fair and A is dark. What happens if A's face is given the colours of B's face?
#    (a) It gets his skin colour along with the light. (b) Nothing, since both are in the same light.
#    (c) It becomes sharper.
# 3. Suppose that the true A, pasted into B's movie, is hardly closer to the truth than the swap. What
#    would help most? (a) A better decoder. (b) A better paste. (c) More training pictures.
# 4. A card covers half of B's face. What does A's decoder draw there? (a) The card. (b) Nothing. (c)
#    Half a face that it makes up.
# 5. The credentials of a picture are valid but not trusted. What is proven? (a) The picture shows what
#    happened. (b) Nobody has changed the file since someone signed it. (c) The picture is synthetic.

# %% tags=["exercise"]
### BEGIN SOLUTION
q1 = "b"
q2 = "a"
q3 = "b"
q4 = "c"
q5 = "b"
### END SOLUTION
check.quiz(q1=q1, q2=q2, q3=q3, q4=q4, q5=q5)

# %% [markdown]
# ## What we claimed, what we measured
#
# The next cells check the claims against your own figures. They hold for this movie and this pair of
# people; other material may give different results.

# %% tags=["nbval-check-output"]
# Changes in frames without a face, in levels out of 255: before marking, and after marking and compression.
change = []
pairs = zip(*map(video.read_frames, (dataset.movie("b"), target)), unmarked, strict=True)
for n, (before, after, made) in enumerate(pairs):
    if n in report.without_face:
        marked = provenance.mark(before, job=dataset.movie("b").name, inverted=n % 2 == 1).astype(int)
        change.append((np.abs(before.astype(int) - made).max(), np.abs(marked - after).mean()))
seams, near = (
    {name: row[kind] for name, row in goals.items()} for kind in ("colour, swap", "SSIM, swap"))


def tell(claims):
    for claim, holds in claims.items():
        print("holds" if holds else "FAILS", "·", claim)


tell({
    "the swap scores above unswapped B, the control, by more than 0.1 in SSIM":
        ssim["the movie"].mean() > ssim["unswapped B"].mean() + 0.1,
    "the true A, pasted (the ceiling), scores above the swap":
        ssim["the true A, pasted"].mean() > ssim["the movie"].mean() + 0.02,
    "a hard edge leaves more of a seam than a soft one, and a soft one more than bands":
        seams["hard edge"] - 0.2 > seams["soft, to the landmarks"] > seams["bands"] + 0.2,
    "the SSIM scores of the hard edge and of bands differ by less than 0.02":
        abs(near["hard edge"] - near["bands"]) < 0.02,
})

# %% tags=["nbval-check-output"]
tell({
    "gradients leave less of a seam than the soft mask, yet end up further from the true A":
        seams["gradients"] < seams["soft"] - 0.05 and near["gradients"] < near["soft"] - 0.01,
    "under the lamp, matching the light gives a smaller error than doing nothing, the control":
        errors["light"][-1] < 0.8 * errors["none"][-1],
    "decoding the face twice raises SSIM further":
        similarity["light, decoded twice"][-1] > similarity["light"][-1] + 0.02,
    "in the movie's own light, the control, neither of these corrections does harm":
        max(errors["light"][0], errors["light, decoded twice"][0]) < errors["none"][0] + 0.003,
    "smoothing at least halves the jitter of the detected points":
        jitter["local fit"]["jitter_px"] < 0.5 * jitter["none"]["jitter_px"],
    "the local fit lags by less than a fifth of a frame": abs(jitter["local fit"]["lag_frames"]) < 0.2,
    "the exponential average, the control, lags by more than a third of a frame":
        jitter["exponential"]["lag_frames"] > 1 / 3,
})

# %% tags=["nbval-check-output"]
tell({
    "a large turn costs the decoder less than 0.025":
        cost(ssim["the decoder"], turn > 25, turn < 10) < 0.025,
    "an open mouth costs the decoder less than 0.025, too":
        cost(ssim["the decoder"], mouth > 0.3, mouth < 0.1) < 0.025,
    "the pasted true A scores higher at large turns, and so does unswapped B, the control":
        max(cost(ssim[name], turn > 25, turn < 10) for name in ("the true A, pasted", "unswapped B"))
        < -0.01,
    "by the share of the gap closed, the movie gains nothing at large turns and the decoder loses":
        closed["the movie"]["turn over 25°"] < closed["the movie"]["turn under 10°"] + 0.02
        and closed["the decoder"]["turn over 25°"] < closed["the decoder"]["turn under 10°"] - 0.05,
    "in the test pairs the decoder scores lower beyond 30 degrees than below 10":
        cost(of_pairs, large, small) > 0.01,
    "by the pose error against B, unswapped B is best, and a perfect swap is worse than half a swap":
        judged["unswapped B"]["pose, against B"] < judged["half of A"]["pose, against B"]
        < judged["a perfect swap"]["pose, against B"],
    "a perfect swap's error exceeds the difference between two readings of it, the control":
        judged["a perfect swap"]["pose, against B"]
        > 1.5 * judged["the perfect swap, mirrored"]["pose, against the true A"],
})

# %% tags=["nbval-check-output"]
tell({
    "frames without a face are left unchanged, apart from the marks and the compression":
        len(change) > 0 and max(whole for whole, _ in change) == 0
        and max(rest for _, rest in change) < 2,
    "both movies written here are labelled as synthetic":
        all("TrainedAlgorithmicMedia" in (provenance.read_provenance(path) or "")
            for path in (target, trio)),
    "the bits survive every kind of damage in the table": survived["bits"] == len(damaged),
    "the label and the credentials are lost whenever a program saves only the pixels":
        all(table_of_marks[name][mark] in ("missing", "not installed")
            for name in ("saved again", *list(damage.DAMAGES)[1:])
            for mark in ("label", "credentials")),
    "the badge survives all but the crop":
        [n for n, row in table_of_marks.items() if row["badge"] != "found"]
        == ["cropped to two thirds"],
})

# %% [markdown]
# ## Summary
#
# - A movie is swapped in nine steps; the network accounts for only two of them.
# - Pasting costs more than decoding: even the true face of A scores 0.951 after pasting, and the
#   movie 0.916.
# - The paste with the least visible seam isn't always the closest to the truth, and a pose error against
#   B prefers half a swap to a perfect one.
# - Light unlike any in the training set spoils the face itself, not only its colours; removing the
#   light before encoding helps.
# - Each of the four marks can be lost, and a picture without a label may still be synthetic.
#
# ## Go further
#
# 1. Set `LAMP` in step 7 to other factors, for example a warm lamp with `[1, 0.8, 0.6]`. Is decoding
#    the face twice still the best option, and how large is its lead?
# 2. Measure the pose error of the 64 px swap, `networks.shipped("swap_64")`, on pictures of that size. Do
#    the errors against B and against the true A rank the two swaps in the same order?
#
# **Next:** lesson [06](06_spot_the_swap.ipynb) takes the opposite side: how can such a movie be
# recognised once its label is gone?
#
# **Sources.** S. Umeyama, "Least-squares estimation of transformation parameters between two point
# patterns", *IEEE PAMI* 13(4), 1991. P. J. Burt and E. H. Adelson, "A multiresolution spline with
# application to image mosaics", *ACM Transactions on Graphics* 2(4), 1983. P. Pérez, M. Gangnet and A.
# Blake, "Poisson image editing", *SIGGRAPH*, 2003. E. Reinhard, M. Ashikhmin, B. Gooch and P. Shirley,
# "Color transfer between images", *IEEE Computer Graphics and Applications* 21(5), 2001. J. von Kries,
# "Chromatic adaptation", *Festschrift der Albrecht-Ludwigs-Universität*, 1902. A. Savitzky and M.
# Golay, "Smoothing and differentiation of data by simplified least squares procedures", *Analytical
# Chemistry* 36(8), 1964. G. Casiez, N. Roussel and D. Vogel, "1 € filter", *CHI*, 2012. Z. Wang, A.
# Bovik, H. Sheikh and E. Simoncelli, "Image quality assessment: from error visibility to structural
# similarity", *IEEE Transactions on Image Processing* 13(4), 2004. IPTC NewsCodes, "Digital Source
# Type", cv.iptc.org. C2PA, "Content Credentials: technical specification", c2pa.org. I. J. Cox et al.,
# "Secure spread spectrum watermarking for multimedia", *IEEE Transactions on Image Processing* 6(12),
# 1997. Both people are rendered from MakeHuman's CC0 assets.

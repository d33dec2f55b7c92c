#!/usr/bin/env python3
"""Makes the built-in image sets again: faces, hand, scripts and digits, a .png and a .toml each, beside this script.

Needs Pillow, numpy and fontTools with brotli (all installed by pip), Debian's fonts-noto-color-emoji,
fonts-noto-core and unicode-data, and the npm packages @fontsource/<name> for the names in HAND_FONTS. It is no part of
the build or of the tests.

    make_sets.py EMOJI_TEST_TXT NOTO_COLOR_EMOJI_TTF NODE_MODULES NOTO_FONTS
    make_sets.py digits

With NOTO_FONTS alone (a folder of fonts-noto-core's .ttf files) it makes scripts only, and with the word
digits instead digits only. For these scikit-learn (installed by pip) is needed too; its package holds the data.

A sheet holds one image a cell, row by row. The text file beside it says what is in it.
"""
import io
import json
import pathlib
import random
import re
import sys
import unicodedata

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = pathlib.Path(__file__).resolve().parent
FACES, FACE_COLUMNS, HELD_OUT_FACES = 124, 16, 24
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
HELD_OUT_CHARACTERS = "23456789AGRe"
HAND_FONTS = """architects-daughter caveat caveat-brush covered-by-your-grace delius gaegu gloria-hallelujah
gochi-hand handlee indie-flower kalam nanum-pen-script neucha patrick-hand permanent-marker
reenie-beanie schoolbell shadows-into-light short-stack""".split()
LETTERS, SCRIPT_SAMPLES = 16, 20
DIGIT_SAMPLES, HELD_OUT_DIGITS = 100, "479"
# Name in Unicode, name of the font. Alphabets with letters like Latin ones are left out, since the
# characters held out of hand are to be unseen. Every fifth alphabet is held out.
ALPHABETS = [(name, name) for name in """Armenian Georgian Hebrew Thai Lao Tamil Telugu Kannada Malayalam Gujarati
Bengali Devanagari Ethiopic Khmer Myanmar Sinhala Javanese Buginese Tagalog Glagolitic Shavian Osmanya Sundanese
Balinese Lepcha""".split()] + [("Ol Chiki", "OlChiki"), ("Old Turkic", "OldTurkic"), ("Old Hungarian", "OldHungarian"),
                               ("Tai Le", "TaiLe"), ("Nko", "NKo")]


def face_list(emoji_test):
    """(codepoint text, name) of the face subgroups, in Unicode's order, without joined sequences."""
    subgroup, found = "", []
    for line in emoji_test.read_text(encoding="utf-8").splitlines():
        if line.startswith("# subgroup:"):
            subgroup = line.split(":")[1].strip()
        entry = re.match(r"([0-9A-F ]+?)\s*; fully-qualified\s*# \S+ E\S+ (.*)", line)
        if entry and (subgroup.startswith("face-") or subgroup in ("cat-face", "monkey-face")):
            codes = [int(code, 16) for code in entry[1].split()]
            if 0x200D not in codes:
                found.append(("".join(map(chr, codes)), entry[2]))
    return found


def make_faces(emoji_test, font_path):
    font = ImageFont.truetype(str(font_path), 109)
    sheet = Image.new("RGB", (FACE_COLUMNS * 32, -(-FACES // FACE_COLUMNS) * 32), "white")
    names, seen = [], set()
    for text, name in face_list(emoji_test):
        canvas = Image.new("RGBA", (136, 136), (255, 255, 255, 0))
        ImageDraw.Draw(canvas).text((68, 68), text, font=font, embedded_color=True, anchor="mm")
        if canvas.getbbox() is None or canvas.tobytes() in seen or len(names) == FACES:
            continue
        seen.add(canvas.tobytes())
        white = Image.new("RGBA", canvas.size, "white")
        white.alpha_composite(canvas)
        cell = white.convert("RGB").resize((32, 32), Image.LANCZOS)
        at = len(names)
        sheet.paste(cell, (at % FACE_COLUMNS * 32, at // FACE_COLUMNS * 32))
        names.append(name)
    assert len(names) == FACES, len(names)
    sheet.save(HERE / "faces.png", optimize=True)
    held_out = sorted(random.Random(7).sample(range(FACES), HELD_OUT_FACES))
    write_text("faces", {
        "name": "Faces", "size": 32, "channels": 3, "columns": FACE_COLUMNS,
        "source": "the colour bitmaps of Noto Color Emoji, reduced with a Lanczos filter",
        "licence": "images Apache-2.0, font OFL-1.1", "author": "Google Inc.",
        "held_out": held_out, "classes": ["faces"], "image_names": names,
    })


def hand_font(modules, name):
    """The font as TrueType bytes; the packages ship it compressed."""
    from fontTools.ttLib import TTFont

    path = next((modules / "@fontsource" / name / "files").glob("*-latin-400-normal.woff"))
    font, plain = TTFont(path), io.BytesIO()
    font.flavor = None
    font.save(plain)
    return plain.getvalue()


def jitter(glyph, rng, swing=0.08):
    """A mild affine and elastic distortion of an 8-bit image, by bilinear sampling."""
    side = glyph.shape[0]
    y, x = numpy.mgrid[0:side, 0:side].astype(float)
    centre = (side - 1) / 2
    angle, shear, scale = rng.uniform(-swing, swing), rng.uniform(-swing, swing), rng.uniform(0.96, 1.04)
    u, v = (x - centre) / scale, (y - centre) / scale
    u, v = numpy.cos(angle) * u - numpy.sin(angle) * v + shear * v, numpy.sin(angle) * u + numpy.cos(angle) * v
    wave = rng.uniform(0, 2 * numpy.pi, 4)
    bend, length = side * 0.012, 2 * numpy.pi / side
    u += centre + bend * numpy.sin(length * y + wave[0]) + bend * numpy.sin(2 * length * x + wave[1])
    v += centre + bend * numpy.sin(length * x + wave[2]) + bend * numpy.sin(2 * length * y + wave[3])
    u, v = u.clip(0, side - 1.001), v.clip(0, side - 1.001)
    i, j = v.astype(int), u.astype(int)
    fi, fj = v - i, u - j
    return ((glyph[i, j] * (1 - fj) + glyph[i, j + 1] * fj) * (1 - fi)
            + (glyph[i + 1, j] * (1 - fj) + glyph[i + 1, j + 1] * fj) * fi)


def make_hand(modules):
    rng = numpy.random.default_rng(7)
    sheet = numpy.zeros((len(CHARACTERS) * 16, len(HAND_FONTS) * 16), dtype=numpy.uint8)
    for column, name in enumerate(HAND_FONTS):
        font = ImageFont.truetype(io.BytesIO(hand_font(modules, name)), 160)
        for row, character in enumerate(CHARACTERS):
            canvas = Image.new("L", (480, 480), 0)
            ImageDraw.Draw(canvas).text((240, 240), character, font=font, fill=255, anchor="mm")
            glyph = canvas.crop(canvas.getbbox())
            # 14 of 16 pixels, at eight times the size so that the distortion is smooth.
            factor = 14 * 8 / max(glyph.size)
            glyph = glyph.resize([max(1, round(length * factor)) for length in glyph.size], Image.LANCZOS)
            square = Image.new("L", (128, 128), 0)
            square.paste(glyph, ((128 - glyph.width) // 2, (128 - glyph.height) // 2))
            bent = jitter(numpy.asarray(square, dtype=float), rng)
            small = Image.fromarray(bent.clip(0, 255).astype(numpy.uint8)).resize((16, 16), Image.BOX)
            sheet[row * 16:row * 16 + 16, column * 16:column * 16 + 16] = numpy.asarray(small)
    Image.fromarray(sheet).save(HERE / "hand.png", optimize=True)
    columns = len(HAND_FONTS)
    held_out = [CHARACTERS.index(c) * columns + i for c in HELD_OUT_CHARACTERS for i in range(columns)]
    names = [f"{character} ({font})" for character in CHARACTERS for font in HAND_FONTS]
    write_text("hand", {
        "name": "Handwriting", "size": 16, "channels": 1, "columns": columns,
        "source": "drawn with the handwriting fonts listed in NOTICE, mildly distorted",
        "licence": "bitmaps drawn with OFL-1.1 and Apache-2.0 fonts", "author": "the fonts' designers, see NOTICE",
        "held_out": sorted(held_out), "classes": list(CHARACTERS), "image_names": names,
    })


def letters(font_path, alphabet):
    """Letters of an alphabet that the font draws, evenly chosen, each shape once."""
    from fontTools.ttLib import TTFont

    font, found, seen = ImageFont.truetype(str(font_path), 160), [], set()
    for code in sorted(TTFont(font_path).getBestCmap()):
        name = unicodedata.name(chr(code), "")
        if not unicodedata.category(chr(code)).startswith("L") or not name.startswith(alphabet.upper()):
            continue
        canvas = Image.new("L", (480, 480), 0)
        ImageDraw.Draw(canvas).text((240, 240), chr(code), font=font, fill=255, anchor="mm")
        if canvas.getbbox() is None or canvas.tobytes() in seen:
            continue
        seen.add(canvas.tobytes())
        found.append((chr(code), canvas.crop(canvas.getbbox())))
    every = max(1.0, len(found) / LETTERS)
    return [found[int(i * every)] for i in range(min(LETTERS, len(found)))]


def make_scripts(fonts):
    rng = numpy.random.default_rng(7)
    classes, cells, held_out = [], [], []
    for index, (alphabet, file) in enumerate(ALPHABETS):
        for character, glyph in letters(fonts / f"NotoSans{file}-Regular.ttf", alphabet):
            classes.append(f"{character} ({alphabet})")
            factor = 14 * 8 / max(glyph.size)
            glyph = glyph.resize([max(1, round(length * factor)) for length in glyph.size], Image.LANCZOS)
            square = Image.new("L", (128, 128), 0)
            square.paste(glyph, ((128 - glyph.width) // 2, (128 - glyph.height) // 2))
            for sample in range(SCRIPT_SAMPLES):
                stroke = 1 + 2 * int(rng.integers(0, 5))
                thick = square.filter(ImageFilter.MaxFilter(stroke))
                bent = jitter(numpy.asarray(thick, dtype=float), rng, 0.2)
                cells.append(Image.fromarray(bent.clip(0, 255).astype(numpy.uint8)).resize((16, 16), Image.BOX))
                if index % 5 == 4:
                    held_out.append(len(cells) - 1)
    sheet = Image.new("L", (SCRIPT_SAMPLES * 16, len(classes) * 16), 0)
    for at, cell in enumerate(cells):
        sheet.paste(cell, (at % SCRIPT_SAMPLES * 16, at // SCRIPT_SAMPLES * 16))
    sheet.save(HERE / "scripts.png", optimize=True)
    write_text("scripts", {
        "name": "World scripts", "size": 16, "channels": 1, "columns": SCRIPT_SAMPLES,
        "source": f"letters of {len(ALPHABETS)} alphabets drawn with Noto Sans fonts, thickened, turned and bent",
        "licence": "bitmaps drawn with OFL-1.1 fonts", "author": "Google Inc.",
        "held_out": held_out, "classes": classes,
        "image_names": [f"{name} {sample + 1}" for name in classes for sample in range(SCRIPT_SAMPLES)],
    })


def make_digits():
    """The first images of each digit. Values from 0 to 16 count the inked pixels of a 4 x 4 block."""
    from sklearn.datasets import load_digits

    data, digits = load_digits(), "0123456789"
    sheet = numpy.zeros((len(digits) * 8, DIGIT_SAMPLES * 8), dtype=numpy.uint8)
    for row in range(len(digits)):
        for column, image in enumerate(data.images[data.target == row][:DIGIT_SAMPLES]):
            sheet[row * 8:row * 8 + 8, column * 8:column * 8 + 8] = numpy.rint(image * 255 / 16)
    Image.fromarray(sheet).save(HERE / "digits.png", optimize=True)
    write_text("digits", {
        "name": "Digits", "size": 8, "channels": 1, "columns": DIGIT_SAMPLES,
        "source": "Optical Recognition of Handwritten Digits, as in scikit-learn; the first 100 images of each digit",
        "licence": "CC BY 4.0", "author": "E. Alpaydin and C. Kaynak",
        "held_out": [digits.index(d) * DIGIT_SAMPLES + i for d in HELD_OUT_DIGITS for i in range(DIGIT_SAMPLES)],
        "classes": list(digits),
        "image_names": [f"{digit} ({sample + 1})" for digit in digits for sample in range(DIGIT_SAMPLES)],
    })


def write_text(name, values):
    """TOML needs no more than this for strings, numbers and flat lists."""
    lines = [f"# Made by {pathlib.Path(__file__).name}."]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    (HERE / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["digits"]:
        sys.exit(make_digits())
    *others, noto = map(pathlib.Path, sys.argv[1:]) if len(sys.argv) in (2, 5) else sys.exit(__doc__)
    if others:
        test, emoji, node_modules = others
        make_faces(test, emoji)
        make_hand(node_modules)
        make_digits()
    make_scripts(noto)

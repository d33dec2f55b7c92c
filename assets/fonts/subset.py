"""Makes fonts with the characters that the program may show.

python3 assets/fonts/subset.py NotoSansCJK-Regular.ttc
python3 assets/fonts/subset.py emoji-icon-font.ttf

NotoSansSC.otf is the Simplified Chinese face of Noto Sans CJK: all characters of the program's texts and the 3,755 of the
first level of GB 2312, for the names of people's own classes. The collection is in Debian's package fonts-noto-cjk.
icons.ttf has the signs on buttons, from the font that lies among egui's own (crate epaint_default_fonts); a page has
these alone, not all 700 kB of it. fonttools is needed (`pip install fonttools`).
"""

import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

HERE = pathlib.Path(__file__).parent
FACE = "Noto Sans CJK SC"
ICONS = "☰⛶⏸⏭⟲⏷✔"


def first_level():
    """The characters of GB 2312's first level: rows 16 to 55."""
    rows = (bytes([0xA0 + row, 0xA0 + cell]) for row in range(16, 56) for cell in range(1, 95))
    return "".join(character.decode("gb2312", "ignore") for character in rows)


def program():
    """All characters beyond Latin ones that stand in the sources and the guides."""
    files = [*HERE.parents[1].glob("src/**/*.rs"), *HERE.parent.glob("*.md")]
    return {character for file in files for character in file.read_text() if ord(character) > 0x2E00}


def main():
    if sys.argv[1].endswith("emoji-icon-font.ttf"):
        make(TTFont(sys.argv[1]), ICONS, "icons.ttf")
        return
    fonts = TTCollection(sys.argv[1]).fonts
    font = next(font for font in fonts if font["name"].getDebugName(1) == FACE)
    punctuation = "，。、；：？！“”‘’（）《》「」【】—…·×→←↑↓"
    make(font, first_level() + punctuation + "".join(sorted(program())), "NotoSansSC.otf")


def make(font, text, name):
    options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    font.save(HERE / name)


main()

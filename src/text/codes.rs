//! The codes of this floor: what can be wrong with a file before anybody asks what it says.

use crate::diagnostic::codes;

codes! {
    FILE_TOO_LARGE = Error "file-too-large",
        "The file is larger than 16 MiB",
        "Karto reads Markdown files of up to 16 MiB. Larger ones are hardly written by a person, so the file is left out.\n\nMove what makes it large into a file of another kind and link to it.";
    INVALID_UTF8 = Error "invalid-utf8",
        "The file is not UTF-8",
        "Cards are text in UTF-8. Bytes that are no UTF-8 usually mean that a program saved the file in an older encoding (windows-1250, ISO 8859-2), so letters such as `ł` or `ő` would be read wrongly.\n\nOpen the file in the editor, choose the encoding in which it looks right, and save it as UTF-8.";
    NUL_BYTE = Error "nul-byte",
        "The file holds a NUL byte",
        "A NUL byte stands in no text. Usually a disk or a sync program left a block of zeros behind, so part of the file may be lost.\n\nRestore the file from git (`git log -- FILE` shows its versions).";
    CONFLICT_MARKER = Error "conflict-marker",
        "The file holds the marks of a merge that was not finished",
        "Git writes `<<<<<<<`, `=======` and `>>>>>>>` where two people changed the same thing. Until somebody chooses, the card is read as our side has it, and no command changes it. Marks that don't fit together say nothing for certain: such a card is left out.\n\n`karto resolve ID` walks through the places and asks. By hand: keep the lines that are right, delete the marks, and save.";
    FRONT_MATTER_UNCLOSED = Error "front-matter-unclosed",
        "The front matter is not closed",
        "A card begins with a block between two lines of `---`. The second one is missing, so fields and text can't be told apart.\n\nWrite a line `---` after the last field.";
    FRONT_MATTER_LATE = Warning "front-matter-late",
        "The front matter does not begin in the first line",
        "Front matter counts only at the very top of a file. Here blank lines stand before the first `---`, so this file is a note without fields, for Karto and for other programs alike. In the folder of a type it was meant as a card, so there it is an error.\n\nDelete what stands before the first `---`.";
    FRONT_MATTER_NOT_MAP = Error "front-matter-not-map",
        "The front matter is not a list of fields",
        "Between the two lines of `---` there must be fields, each as `name: value` on a line of its own. Here there is a list or a text.\n\nWrite fields, or leave the block out if the file is meant as a note.";
    FRONT_MATTER_TOO_LARGE = Error "front-matter-too-large",
        "The front matter is larger than 1 MiB",
        "Fields are short. More than 1 MiB of them is a mistake, or an attempt to keep Karto busy, and is not read.\n\nMove long texts below the second `---`.";
    FRONT_MATTER_TOO_DEEP = Error "front-matter-too-deep",
        "The front matter is nested too deeply",
        "Maps and lists may stand in each other 64 levels deep. Nobody writes such a card by hand; it is not read.";
    ALIASES_MULTIPLY = Error "aliases-multiply",
        "Aliases in the front matter multiply beyond measure",
        "YAML can refer to an earlier value by `*name`. A few lines of such references can stand for gigabytes; this front matter is not read.\n\nWrite the values out.";
    CONTROL_CHARACTER = Error "control-character",
        "The front matter holds a control character",
        "YAML forbids control characters. They come with text that was pasted from another program and are mostly invisible.\n\nDelete the character.";
    LINE_SEPARATOR = Warning "line-separator",
        "An invisible line separator in the front matter",
        "The characters U+0085, U+2028 and U+2029 end a line for some YAML programs and are ordinary text for others, so two programs read two different values. They come with text that was pasted from another program.\n\nReplace the character by a space.";
    DUPLICATE_KEY = Error "duplicate-key",
        "A field stands twice",
        "Each field may stand once. Where it stands twice, some programs take the first value, others the last, so the card is left out until one of them is gone. Often both sides of a merge were kept.\n\nDelete the line that is out of date.";
    UNQUOTED_LINK = Warning "unquoted-link",
        "A link that lacks its quotes",
        "`client: [[acme]]` without quotes is a list in a list for YAML. Karto reads it as the link that was meant, other programs do not.\n\nWrite `client: \"[[acme]]\"`, or just the id.";
    YAML_COLON = Error "yaml-colon",
        "A value holds a colon and lacks quotes",
        "In YAML a colon followed by a space separates a key from its value, so a text such as `Re: your offer` must stand in quotes.";
    YAML_INDENTATION = Error "yaml-indentation",
        "A line is indented in a way that does not fit",
        "YAML tells by the spaces at the start of a line what belongs to what: all fields of one map begin in the same column, the items of a list in another.";
    YAML_TAB = Error "yaml-tab",
        "A tab stands where spaces must be",
        "YAML allows only spaces at the start of a line. Many editors can be told to insert spaces when Tab is pressed.";
    YAML_QUOTE = Error "yaml-quote",
        "A quote is not closed, or text follows it",
        "A value that begins with a quote ends at the next quote of the same sort. Within `'…'` a quote is written twice (`''`), within `\"…\"` after a backslash (`\\\"`).";
    YAML_BRACKET = Error "yaml-bracket",
        "Brackets that don't fit together",
        "`[a, b]` is a list, `{a: 1, b: 2}` a map: each bracket must be closed, and commas stand between the items. A text that begins with a bracket must stand in quotes.";
    YAML_RESERVED = Error "yaml-reserved",
        "A value begins with a sign that YAML keeps for itself",
        "A text that begins with `@`, a backtick, `%`, a comma, a bracket, `#`, `&`, `*`, `!`, `|` or `>` must stand in quotes.";
    YAML_SYNTAX = Error "yaml-syntax",
        "The front matter is no YAML",
        "The fields between the two lines of `---` can't be read. Usually a colon, a quote or spaces are missing near the place that is shown.";
}

//! The findings about the text of a body that need no knowledge of what it means.

use crate::diagnostic::codes;

codes! {
    BODY_TOO_DEEP = Warning "body-too-deep",
        "Quotes or lists are nested more than 64 deep",
        "A line of the text opens more than 64 quotes or lists inside each other. Karto reads the surplus marks as \
         letters, so that such a text can't slow it down; tasks and links at that depth may be missed.\n\n\
         Remove the surplus `>` or list marks, or put the text into a fenced code block.";
}

//! The findings of one card or of `karto.yaml`, apart from those of schemas.

use crate::diagnostic::codes;

codes! {
    FORMAT_NEWER = Warning "format-newer", "The workspace has a newer format than this program knows",
        "`format:` in karto.yaml names a version of the file format that came after this program. It reads what it \
         can and writes nothing. Install a newer karto.";
    CURRENCY_UNKNOWN = Error "currency-unknown", "There is no such currency",
        "Currencies are named by the three capital letters of ISO 4217: PLN, EUR, RON, HUF, USD. An amount in an \
         unknown currency can't be converted, so it is left out of sums.";
    RATE_WITHOUT_CURRENCY = Error "rate-without-currency", "There are rates, but no currency that they lead to",
        "`rates:` in karto.yaml says how many units of the workspace's own currency one unit of another is. Say which \
         one that is: `currency: PLN`.";
    TIMEZONE_UNKNOWN = Error "timezone-unknown", "There is no such time zone",
        "`timezone:` takes a name of the IANA time zone database, such as `Europe/Warsaw` or `Europe/Bucharest`. The \
         computer's own zone serves until it is mended.";
    WORD_TAKEN = Error "word-taken", "A word of log headings means two things",
        "Kinds, outcomes, `in` and `out` and all their aliases share one set of words, so that a log heading has one \
         reading. The word keeps its first meaning. Choose another word for the second.";
    STAGE_TWICE = Error "stage-twice", "A pipeline has two stages with one id",
        "The second one is left out. Give each stage of a pipeline its own id; labels may be alike.";
    ID_BAD = Error "id-bad", "A word can't be an id",
        "Ids name records, stages, people and kinds. They are made of the letters a to z, digits and single dashes, \
         have at least one letter and at most 80 characters, and are no word that YAML or a query reads as something \
         else. A record's id is its file's name without `.md`, so the mend is to rename the file; links to the old \
         name then need the new one. `karto validate --fix` renames it only where nothing links to it and the new name is \
         free.";
    SYNC_COPY = Warning "sync-copy", "A file looks like a copy that a sync program made",
        "Dropbox, OneDrive, iCloud and others keep both versions when two people change a file at once, and call the \
         second one `name (conflicted copy)` or `name 2`. Compare the two, carry over what is missing, and delete the \
         copy; until then the record may be counted twice.";
    TYPE_UNKNOWN = Error "type-unknown", "There is no such type",
        "`type:` names a type that neither Karto nor this workspace's `schemas/` knows, and the file lies in a folder \
         of records or the word is nearly a type's name. The card is left out of every answer until it is mended.";
    TYPE_MISSING = Error "type-missing", "A card does not say what it is",
        "The file lies in a folder of records and has front matter, but no `type:`. Folders do not decide what a card \
         is: add the line, such as `type: lead`. Until then the card is left out of every answer.";
    STAGE_UNKNOWN = Error "stage-unknown", "The pipeline has no such stage",
        "`stage:` must be one of the stages of the card's pipeline. `karto schema TYPE` lists them; `karto.yaml` \
         defines them.";
    PIPELINE_UNKNOWN = Error "pipeline-unknown", "There is no such pipeline for this type",
        "`pipeline:` must name one of the pipelines that karto.yaml has for this type, or be left out: then the first \
         one holds.";
    PERSON_UNKNOWN = Error "person-unknown", "Nobody of us is called so",
        "With `people:` in karto.yaml, owners and `@names` must be among them, so that nobody's cards get lost by a \
         slip of the pen. Mend the name, or add the person to karto.yaml.";
    CHOICE_UNKNOWN = Error "choice-unknown", "A value is not one of the agreed ones",
        "karto.yaml lists under `choices:` the values that this field may have, so that answers such as \"why do we \
         lose\" can be counted. Use one of them, or add yours to the list.";
    MONEY_WRITTEN_FOR_PEOPLE = Error "money-format", "An amount is written for people, not for the file",
        "An amount has no spaces between thousands and a point before its decimals: `120000.50` in place of `120 \
         000,50`. The amount is read as it was meant; the fix writes it so.";
    TEXT_MISREAD = Warning "text-misread", "Other tools would read this text as something else",
        "Karto reads the text as it stands. But other programs that read or rewrite the file (Obsidian, prettier, \
         scripts) take a bare `no` for false, `007` for 7, `12:30` for a number of seconds, and drop the plus of \
         `+48600100200`. Quotes keep it whole.";
    LIST_SINGLE = Warning "list-single", "One value stands where a list belongs",
        "The field holds a list, and here stands a single value without its dash. It is read as a list of one. Other \
         tools, and your schema, may not be so kind: write it as a list.";
    KEY_MISSPELT = Warning "key-misspelt", "A key is nearly the name of a field",
        "Cards may have keys of your own, so this is allowed; but it looks like a slip of the pen, and the field that \
         was meant stays empty. Mend the key, or name it in a schema of your own if it is meant.";
    HISTORY_LINE = Error "history-line", "A line of the history can't be read",
        "A history line is `DATE[THH:MM] [STAGE] [field=value …] [@PERSON]`, for example `2026-11-03T14:30 offer \
         value=120000 @anna`. At most one bare word, the stage; a value with spaces stands in quotes. A line that \
         can't be read tells nothing, so stages and closing dates may be wrong.";
    HISTORY_ORDER = Error "history-order", "The history runs backwards",
        "History lines stand oldest first. A line with an earlier date than the one before it makes it uncertain what \
         came last. Put the lines in order, or mend the date.";
    HISTORY_DISAGREES = Error "history-disagrees", "The history ends with another value than the card has",
        "The last history line that names a field agrees with the field. Here the field was changed by hand and the \
         history was not. Add a line with the day on which it changed. If it was now, `karto validate --fix --history` adds \
         it in your name.";
    HISTORY_STAGE_UNKNOWN = Warning "history-stage-unknown", "The history names a stage that the pipeline no longer has",
        "Pipelines change; what happened stays. The line is kept, but the time in that stage shows in no funnel. If it \
         is a slip of the pen, mend it.";
    LOG_DATE = Error "log-date", "The date of a log entry can't be read",
        "A log entry is a heading that begins with a date, year first: `### 2026-11-20 14:30 call: …`. This heading \
         looks like one, but the date is written another way or the calendar has no such day. The entry counts \
         nowhere until it is mended.";
    LOG_TIME = Error "log-time", "The time of a log entry can't be read",
        "A time is written `14:30`. The entry is read with its day alone.";
    LOG_WORD_UNKNOWN = Error "log-word-unknown", "A word of a log heading means nothing",
        "Before the colon of a log heading stand only words that are known: a kind (`call`), an outcome (`no-answer`), \
         `in` or `out`, a duration (`45m`), `@person`, `with:contact`. What is free text belongs after the colon. The \
         words that are known still count. `karto.yaml` can add kinds and other words for them.";
    LOG_WORD_TWICE = Error "log-word-twice", "A log heading has two kinds, outcomes or directions",
        "An entry is one thing: one kind, one outcome, one direction, one duration. The first one counts. Write a \
         second entry, or take the word away.";
    LOG_KIND_MISSING = Warning "log-kind-missing", "A log entry does not say what it was",
        "An entry under `## Log` without a kind counts as a note, so a call or a visit would not be counted as a \
         contact. Say what it was: `### 2026-11-20 call: …`. If it is a note, write `note`.";
    LOG_CONTACT_EMPTY = Error "log-contact-empty", "A `with:` or `@` names nobody",
        "After `with:` stand the ids of contacts, parted by commas and without spaces; after `@` the id of one of us.";
    TASK_TOKEN = Error "task-token", "A word of a task can't be read",
        "`due:`, `on:` and `done:` take a date (`2026-11-25` or `2026-11-25T09:00`), `est:` a duration (`30m`), `rec:` \
         a period (`1w`, `1m`), `as:` a kind of log entry. The task is read without it, so it may be forgotten.";
    TASK_DONE_MISSING = Error "task-done-missing", "A task that counts as a contact does not say when it was done",
        "A done task with `as:` counts as a call, a visit, … on the day of its `done:`. Without that day it counts \
         nowhere. Add `done:` with the date.";
}

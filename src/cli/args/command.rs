//! What karto can do: each command with its words and options.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Subcommand};

use super::{
    Ask, FindingFormat, Format, GitTask, Limit, MergeFiles, Shell, TakenSide, TaskPriority, WatchFormat, Write,
};
use crate::cli::words::{Breaks, LITERAL};

/// What karto can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Whom to contact and what to do: overdue, today and soon
    #[command(after_help = "Examples:\n  karto due\n  karto due --for me\n  karto due --within 14d type:lead\n  \
        karto due --format csv > calls.csv")]
    Due {
        /// The query and the format.
        #[command(flatten)]
        ask: Ask,
        /// How many.
        #[command(flatten)]
        limit: Limit,
        /// Only what this one of us is to do: me, or an id of karto.yaml's people
        #[arg(long = "for", value_name = "PERSON")]
        person: Option<String>,
        /// How far ahead to look: 7d, 2w, 1m
        #[arg(long, value_name = "PERIOD", default_value = "7d", allow_hyphen_values = true)]
        within: String,
    },
    /// How many records stand in each stage, and what they are worth
    #[command(after_help = "Examples:\n  karto funnel\n  karto funnel owner:anna\n  karto funnel --by owner\n  \
        karto funnel --from 2026-07-01 --to 2026-09-30\n  karto funnel --type lead")]
    Funnel {
        /// The query and the format.
        #[command(flatten)]
        ask: Ask,
        /// The type of records [default: opportunity]
        #[arg(long = "type", value_name = "TYPE")]
        record_type: Option<String>,
        /// Only this pipeline [default: all of the type]
        #[arg(long, value_name = "PIPELINE")]
        pipeline: Option<String>,
        /// A row for each value of this field
        #[arg(long, value_name = "FIELD")]
        by: Option<String>,
        /// First day for won and lost [default: the first of this year]
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        from: Option<String>,
        /// Last day for won and lost [default: today]
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        to: Option<String>,
    },
    /// The records that a query picks
    #[command(after_help = "Examples:\n  karto list type:client class:A\n  \
        karto list type:opportunity stage:offer,negotiation --sort -value\n  \
        karto list type:lead --columns id,name,owner,last_contact --group-by stage\n  \
        karto list 'last_contact:..-90d OR last_contact:none' --format json")]
    List {
        /// The query and the format.
        #[command(flatten)]
        ask: Ask,
        /// How many.
        #[command(flatten)]
        limit: Limit,
        /// Which fields to show, with commas between them (karto fields lists them)
        #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
        columns: Vec<String>,
        /// By which fields to sort, each with a - before it for the other way round
        #[arg(long, value_name = "FIELDS", value_delimiter = ',', allow_hyphen_values = true)]
        sort: Vec<String>,
        /// A heading for each value of this field
        #[arg(long, value_name = "FIELD")]
        group_by: Option<String>,
    },
    /// One card: fields, contacts, open tasks, linked records, and all that happened
    #[command(after_help = "Examples:\n  karto show acme-trade\n  karto show acme   (any unambiguous beginning)\n  \
        karto show acme-trade --format json")]
    Show {
        /// The record's id, or the beginning of it
        #[arg(value_name = "ID")]
        id: String,
        /// How the card is written
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
        /// How many things that happened.
        #[command(flatten)]
        limit: Limit,
    },
    /// Full text of all cards and notes, best matches first
    #[command(after_help = "Examples:\n  karto search \"heat pump\"\n  karto search budzet lodz*\n  \
        karto search rozruch type:opportunity owner:anna")]
    Search {
        /// The query and the format.
        #[command(flatten)]
        ask: Ask,
        /// How many.
        #[command(flatten)]
        limit: Limit,
    },
    /// The full-text index in .karto/: bring it up to date, rebuild it, look at it
    #[command(
        after_help = "It is kept up to date by itself; deleting .karto/ is safe, but for texts of edits that were not taken over, which lie in .karto/edit/."
    )]
    #[cfg(feature = "search")]
    Index {
        /// Build it anew
        #[arg(long, conflicts_with_all = ["status", "verify"])]
        rebuild: bool,
        /// Say what it holds
        #[arg(long, conflicts_with = "verify")]
        status: bool,
        /// Compare it with the files
        #[arg(long)]
        verify: bool,
    },
    /// Make a folder a workspace: rules with every setting explained, folders, git's files
    #[command(
        after_help = "Nothing that is there is overwritten: in a git repository or a vault of notes it adds what \
        is missing.\n\nExamples:\n  karto init\n  karto init crm --currency PLN --timezone Europe/Warsaw\n  \
        karto init ~/vault --dry-run"
    )]
    Init {
        /// The folder; it is made where it is missing [default: the one you are in]
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
        /// The currency of sums: PLN, RON, HUF, EUR …
        #[arg(long, value_name = "CODE")]
        currency: Option<String>,
        /// The time zone, such as Europe/Warsaw [default: that of the computer]
        #[arg(long, value_name = "ZONE")]
        timezone: Option<String>,
        /// Show what would be made as a diff, and make nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Make a card of any type: lead, client, opportunity, offer
    #[command(override_usage = "karto new TYPE NAME [FIELD=VALUE]…")]
    #[command(
        after_help = "It begins with templates/TYPE.md where there is one, in the first stage, and is yours unless \
        owner= says whose.\nA contact is typed as it stands on a visiting card: the name before the role, the rest in any order.\n\
        After --next stand the day, perhaps a time, and the step, after --log the kind and what was said, each up to the \
        next option or field=.\n\nExamples:\n  karto new lead Łódź Tools contact=Jan Kowalski, CEO, +48 600 100 200, jan@lodztools.example\n  \
        karto new lead \"Ewa Żółkiewska\" phone=600100200 --log call \"Wants a price for 12\" --next +2d \"Send it\"\n  \
        karto new opportunity \"ERP rollout\" client=acme value=120000 --next friday \"Ask for the plan\"\n  \
        karto new offer \"ERP rollout\" opportunity=acme-erp valid_until=+30d --dry-run"
    )]
    New {
        /// The type, or an unambiguous beginning of it
        #[arg(value_name = "TYPE")]
        record_type: String,
        /// The name, and fields to set; field+=x adds to a list
        #[arg(value_name = "NAME", required = true)]
        words: Vec<String>,
        /// The id, in place of the one that is made of the name
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// When to be in touch next, and what to do then
        #[arg(long, value_names = ["DATE", "STEP"], num_args = 1.., action = ArgAction::Set)]
        next: Vec<String>,
        /// What happened already: call, meeting, fair …, and what was said
        #[arg(long, value_names = ["KIND", "TEXT"], num_args = 1.., action = ArgAction::Set)]
        log: Vec<String>,
        /// Show the card as a diff, and make nothing
        #[arg(long)]
        dry_run: bool,
        /// Do not ask back, also where the card looks like another one
        #[arg(long, short = 'y')]
        yes: bool,
    },
    /// Change fields of a card: set, add to a list, take away
    #[command(override_usage = "karto set ID[,ID…] FIELD=VALUE…\n       karto set --where QUERY FIELD=VALUE…")]
    #[command(
        after_help = "field=value sets, field= takes the field away, field+=x and field-=x add to a list and take \
        from it.\nThe stage is changed by `karto move` alone.\n\nExamples:\n  karto set acme-erp value=120000 \
        expected_close=+30d\n  karto set acme tags+=key contacts[kowalski].phone=+48600100200\n  \
        karto set --where 'owner:piotr stage:new' owner=anna"
    )]
    Set {
        /// The ids, and what to set
        #[arg(value_name = "ID", required = true)]
        words: Vec<String>,
        /// How.
        #[command(flatten)]
        write: Write,
    },
    /// Move a card to another stage, through the pipeline's gates
    #[command(
        override_usage = "karto move ID[,ID…] STAGE [FIELD=VALUE]…\n       karto move --where QUERY STAGE [FIELD=VALUE]…"
    )]
    #[command(after_help = "The move and the fields that change with it are one line of the card's history.\n\n\
        Examples:\n  karto move acme-erp offer value=120000 expected_close=2026-12-15\n  \
        karto move acme-erp lost lost_reason=price lost_to=solaris\n  karto move acme-erp negotiation --reopen")]
    Move {
        /// The ids, the stage, and fields that change with it
        #[arg(value_name = "ID", required = true)]
        words: Vec<String>,
        /// When it happened: a day, perhaps with a time [default: now]
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        at: Option<String>,
        /// Open again what is closed
        #[arg(long)]
        reopen: bool,
        /// How.
        #[command(flatten)]
        write: Write,
    },
    /// Write down what happened: a call, a visit, an e-mail, and when to be in touch again
    #[command(override_usage = "karto log [OPTIONS] ID[,ID…] KIND [OUTCOME] [TEXT…|-]\n       \
        karto log --where QUERY [OPTIONS] KIND [OUTCOME] [TEXT…|-]")]
    #[command(
        after_help = "The first line of the text is the title, the rest stands below it. Without a text, or with -, it \
        is read from standard input; with words before the -, they are the title.\nKinds and outcomes are those of \
        karto.yaml, in any language it knows. One with a hyphen, such as no-answer, may follow the kind; the others need \
        --outcome. A call, visit … whose text is or begins with `no answer,` is an attempt, and no contact; without an \
        outcome it counts as a contact.\nAfter --next stand the day, \
        perhaps a time, and the step, up to the next option: a text of the entry goes before it.\n\n\
        Examples:\n  karto log acme call \"Wants a second price\" --with kowalski --for 25m --next friday Send it\n  \
        karto log acme telefon no-answer --next tomorrow 15:00\n  karto log acme-erp visit --at 2026-11-20 < minutes.txt\n  \
        karto log acme telefon nie odebrał, oddzwoni jutro\n  karto log acme email --in \"Their wishes\" - < mail.txt\n  \
        karto log acme email --in --outcome offer-request \"Asks for 12 users\""
    )]
    Log {
        /// Where options stand among the words; read before those.
        #[command(flatten)]
        breaks: Breaks,
        /// The ids, the kind of contact, and what was said
        #[arg(index = 1, value_name = "ID", required_unless_present = LITERAL)]
        words: Vec<String>,
        /// Text that is taken as it is; read together with the breaks.
        #[arg(index = 2, id = LITERAL, last = true, hide = true)]
        literal: Vec<String>,
        /// What came of it: offer-request, refused, no-answer, …
        #[arg(long, value_name = "OUTCOME")]
        outcome: Option<String>,
        /// They began
        #[arg(long = "in", conflicts_with = "outgoing")]
        incoming: bool,
        /// We began
        #[arg(long = "out")]
        outgoing: bool,
        /// Whom it was with: contacts by id or name, with commas between them; elsewhere client#contact
        #[arg(long, value_name = "CONTACT", value_delimiter = ',')]
        with: Vec<String>,
        /// When it happened: a day, perhaps with a time, or a time of today [default: now]
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        at: Option<String>,
        /// How long it took: 30m, 1h30m
        #[arg(long = "for", value_name = "TIME")]
        minutes: Option<String>,
        /// Promise the next contact: the day, and what to do then
        #[arg(long, value_names = ["DATE", "STEP"], num_args = 1.., action = ArgAction::Set)]
        next: Vec<String>,
        /// How.
        #[command(flatten)]
        write: Write,
    },
    /// Write down what is to be done
    #[command(override_usage = "karto task [OPTIONS] ID[,ID…] TEXT…\n       karto task --where QUERY [OPTIONS] TEXT…")]
    #[command(
        after_help = "The text may hold the words of a task itself: due:friday on:tomorrow est:30m rec:1w as:call @anna \
        (A).\nThe text stands in one piece; after a day may stand a time: --due friday 15:00\n\nExamples:\n  karto task acme-erp \"Send the revised offer\" --due wednesday --est 30m\n  \
        karto task acme \"Ring about the budget\" --due 2026-11-25 9:00 --as call --for piotr\n  \
        karto task acme Ask for the figures due:+2w rec:3m"
    )]
    Task {
        /// Where options stand among the words; read before those.
        #[command(flatten)]
        breaks: Breaks,
        /// The ids, and what is to be done
        #[arg(index = 1, value_name = "ID", required_unless_present = LITERAL)]
        words: Vec<String>,
        /// Text that is taken as it is; read together with the breaks.
        #[arg(index = 2, id = LITERAL, last = true, hide = true)]
        literal: Vec<String>,
        /// Until when it is promised: a day, perhaps with a time
        #[arg(long, value_name = "DATE")]
        due: Option<String>,
        /// The day on which it is planned
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
        /// How long it will take: 30m, 1h30m
        #[arg(long, value_name = "TIME")]
        est: Option<String>,
        /// It comes again, so long after its day: 1w, 3m
        #[arg(long, value_name = "PERIOD")]
        rec: Option<String>,
        /// Whose it is: me, or an id of karto.yaml's people [default: the card's owner]
        #[arg(long = "for", value_name = "PERSON")]
        person: Option<String>,
        /// What it counts as once it is done: call, visit, …
        #[arg(long = "as", value_name = "KIND")]
        as_kind: Option<String>,
        /// How much it weighs
        #[arg(long, value_name = "LETTER", ignore_case = true)]
        priority: Option<TaskPriority>,
        /// Promise the next contact: the day, perhaps a time, and what to do then
        #[arg(long, value_names = ["DATE", "STEP"], num_args = 1.., action = ArgAction::Set)]
        next: Vec<String>,
        /// How.
        #[command(flatten)]
        write: Write,
    },
    /// Tick a task, with what came of it; of one that repeats, the next is written
    #[command(override_usage = "karto done [OPTIONS] ID[,ID…] [N|TEXT] [RESULT…]\n       \
        karto done --where QUERY [OPTIONS] [N|TEXT] [RESULT…]")]
    #[command(
        after_help = "The open tasks are numbered in the order of the file, as `karto show` has them; the only one needs no \
        number. A part of its text will do; what follows the longest part that a task says is the result.\n\n\
        Examples:\n  karto done acme-erp\n  karto done acme-erp 2 \"130 000, approved by the board\"\n  \
        karto done acme-erp revised offer --at yesterday\n  karto done acme-erp 1 --cancel \"They have bought elsewhere\""
    )]
    Done {
        /// The ids, which task, and what came of it
        #[arg(value_name = "ID", required_unless_present = "query")]
        words: Vec<String>,
        /// When it was done [default: today]
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        at: Option<String>,
        /// It will not be done; it does not come again either
        #[arg(long)]
        cancel: bool,
        /// Promise the next contact: the day, perhaps a time, and what to do then
        #[arg(long, value_names = ["DATE", "STEP"], num_args = 1.., action = ArgAction::Set)]
        next: Vec<String>,
        /// How.
        #[command(flatten)]
        write: Write,
    },
    /// Promise the next contact for another day
    #[command(
        override_usage = "karto snooze ID[,ID…] DATE [TIME] [STEP…]\n       karto snooze --where QUERY DATE [TIME] [STEP…]"
    )]
    #[command(after_help = "+1w and the like count from today, not from the day that was promised.\n\nExamples:\n  \
        karto snooze acme friday\n  karto snooze acme tomorrow 15:00 Ring him again\n  karto snooze acme-erp 2026-12-01 \"Ask whether the \
        board has met\"\n  karto snooze --where 'owner:me next_action:today' +1d")]
    Snooze {
        /// The ids, the day, and what to do then
        #[arg(value_name = "ID", required = true)]
        words: Vec<String>,
        /// How.
        #[command(flatten)]
        write: Write,
    },
    /// Open a card in your editor, and look at it before it is taken over
    #[command(override_usage = "karto edit ID[,ID…]")]
    #[command(
        after_help = "The editor is $VISUAL, else $EDITOR. It works on a copy in .karto/edit/; the card changes when \
        the edit is accepted. What the edit gets wrong is shown: at a terminal you choose between editing again, keeping it \
        and throwing it away; elsewhere errors are refused, and the text is kept, unless --keep takes it over with \
        them.\n\nExamples:\n  karto edit acme-erp\n  EDITOR=\"code --wait\" karto edit acme\n  karto edit acme --resume\n  \
        EDITOR=true karto edit acme --resume --keep"
    )]
    Edit {
        /// The ids, also of cards that can't be read; or names of notes, or paths from the workspace's root
        #[arg(value_name = "ID", required = true)]
        words: Vec<String>,
        /// Tell in the history, as of now, which tracked fields the edit changed
        #[arg(long)]
        history: bool,
        /// Go on with the text of an earlier edit that was not accepted
        #[arg(long, conflicts_with = "discard")]
        resume: bool,
        /// Put that text also in the place of what the card has become since
        #[arg(long, requires = "resume")]
        over: bool,
        /// Throw the text of an earlier edit away
        #[arg(long)]
        discard: bool,
        /// Take the edit over as it is, also with errors, and do not ask
        #[arg(long)]
        keep: bool,
        /// Show what would change as a diff, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Choose between the two sides where a merge left both
    #[command(override_usage = "karto resolve [OPTIONS] [ID[,ID…]]")]
    #[command(
        after_help = "Without an id it lists the files that hold marks (<<<<<<<). With one, somebody at a terminal is \
        asked place by place: ours is what this copy had, theirs what the merge brought. What has been chosen is written when \
        all are asked, or at [q]uit; the others stay open.\nWhere the history ends with what was not chosen, a line of now \
        tells what holds.\n\nExit status of the lists: 0 if nothing is to be decided, 1 if something is.\n\nExamples:\n  \
        karto resolve\n  karto resolve acme-erp\n  karto resolve acme-erp --field stage=theirs --field value=ours --add\n  \
        karto resolve karto.yaml --theirs --dry-run\n  karto resolve --list --format jsonl"
    )]
    Resolve {
        /// The ids of cards; also names of notes, paths from the workspace's root, karto.yaml
        #[arg(value_name = "ID")]
        words: Vec<String>,
        /// Which side, for all places.
        #[command(flatten)]
        side: TakenSide,
        /// Take a side for one field: stage=ours, contacts[kowalski].phone=theirs; text=both is about the text below them,
        /// 63=ours about the place at line 63
        #[arg(long = "field", value_name = "FIELD=SIDE", requires = "words")]
        fields: Vec<String>,
        /// List the places, and change nothing
        #[arg(long, conflicts_with_all = ["fields", "ours", "theirs", "both", "add"])]
        list: bool,
        /// How the list is written
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
        /// Leave the history as it is, also where it ends with what was not chosen
        #[arg(long)]
        no_history: bool,
        /// Tell git of each file that is decided (git add)
        #[arg(long, requires = "words")]
        add: bool,
        /// Show what would change as a diff, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// What is wrong with the files, and how to mend it
    #[command(after_help = "Exit status: 0 if nothing is wrong, 1 on errors (with --strict also on warnings), 2 if \
        the configuration or a file can't be read. With --fix, what is left after the mends decides.\n\n--fix makes \
        the mends that have one answer, all files together or none. What is a guess stays an offer, and a change by hand \
        has no known day: with --history it is told by a line of now, in your name.\n\nExamples:\n  karto validate\n  \
        karto validate clients/acme.md\n  karto validate --strict --format github\n  karto validate --fix --dry-run")]
    Validate {
        /// Only these files and folders
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Warnings count as errors, and open records without a next step are found
        #[arg(long)]
        strict: bool,
        /// Mend what has one safe answer
        #[arg(long)]
        fix: bool,
        /// Also tell in the history, as of now, what was changed by hand
        #[arg(long, requires = "fix")]
        history: bool,
        /// Show the mends as a diff, and change nothing
        #[arg(long, requires = "fix")]
        dry_run: bool,
        /// How findings are written
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: FindingFormat,
        /// How many findings.
        #[command(flatten)]
        limit: Limit,
    },
    /// Keeps up with the files: says what changes and what is newly wrong, and keeps the search index up to date
    #[command(after_help = "Ends with Ctrl-C. docs/watch.md tells what it needs from the system.\n\n\
        Examples:\n  karto watch\n  karto watch --format jsonl | while read -r event; do …; done\n  \
        karto watch --poll 5    (on a network drive)")]
    Watch {
        /// Look at the folder every so many seconds, where the system does not tell of changes
        #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
        poll: Option<Duration>,
        /// How changes are written
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: WatchFormat,
    },
    /// What a code of `karto validate` means
    Explain {
        /// The code, such as stage-unknown; without it, all codes
        #[arg(value_name = "CODE")]
        code: Option<String>,
    },
    /// The JSON Schema of a type, with this workspace's stages, people and choices
    Schema {
        /// The type, or `karto` for karto.yaml; without it, the types
        #[arg(value_name = "TYPE")]
        record_type: Option<String>,
    },
    /// The fields that queries, --columns and --sort know
    Fields {
        /// Only those of this type
        #[arg(value_name = "TYPE")]
        record_type: Option<String>,
        /// How the answer is written
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
        /// How many.
        #[command(flatten)]
        limit: Limit,
    },
    /// Share a workspace through git: merges that understand cards, and a look at the cards after each
    Git {
        /// What to do.
        #[command(subcommand)]
        task: GitTask,
    },
    /// Merge three versions of a card; git calls it (karto git setup)
    #[command(
        after_help = "Exit status: 0 if both went together, 1 if the file has marks now, 129 if nothing was written."
    )]
    MergeDriver {
        /// The files.
        #[command(flatten)]
        files: MergeFiles,
    },
    /// A script that completes commands, ids, fields and people in your shell
    #[command(after_help = "Examples:\n  karto completions bash >> ~/.bashrc\n  \
        karto completions zsh > \"${fpath[1]}/_karto\"\n  karto completions fish > ~/.config/fish/completions/karto.fish")]
    Completions {
        /// Your shell
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// The man page
    #[command(after_help = "Examples:\n  karto man | man -l -\n  karto man --command due")]
    Man {
        /// The page of this command [default: that of karto itself]
        #[arg(long, value_name = "COMMAND")]
        command: Option<OsString>,
    },
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds, such as 5".to_owned())?;
    if !(0.1..=86_400.0).contains(&seconds) {
        return Err("between 0.1 and 86400 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

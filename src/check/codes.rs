//! The findings across records, and those that depend on today.

use crate::diagnostic::codes;

codes! {
    GATE_FIELD_UNKNOWN = Warning "gate-field-unknown", "A gate asks for a field that does not exist",
        "`requires:` in karto.yaml names a field that no schema has, that is not derived, and that no card has. The \
         gate lets everything through until it is mended. `karto fields` lists the fields; one of your own belongs \
         into a schema in `schemas/`.";
    SEGMENT_UNKNOWN = Error "segment-unknown", "A campaign is for a segment that does not exist",
        "`segment:` of a campaign names one of the `segments:` of karto.yaml. Without it nobody knows whom the \
         campaign is for. Mend the name, or add the segment to karto.yaml.";
    ID_DUPLICATE = Error "id-duplicate", "Two cards have the same id",
        "A card's id is its file's name without `.md`, and links name nothing but the id, so it must be the only one \
         in the workspace, whatever the folder. Links lead to the first of the cards, by path. Rename the other one, \
         or, if one is a copy, carry over what is missing and delete it.";
    FORMER_ID_TAKEN = Warning "former-id-taken", "A former id belongs to another card now",
        "`former_ids` keeps links to an old id alive. Here the id is a card's present one, or two cards claim it, so \
         old links lead elsewhere than this card expects. Take it out of the list of the card that has lost it.";
    NUMBER_DUPLICATE = Warning "number-duplicate", "Two documents have one number",
        "An invoice's, contract's or offer's number is on paper with the client, so it should be the only one of its \
         sort; versions of one offer may share theirs, if `version` tells them apart. Mend the number, or delete the \
         card that is a copy.";
    REFERENCE_UNKNOWN = Error "reference-unknown", "A field names a card that does not exist",
        "The field holds the id of another card: its file's name without `.md`. No card is called so, nor was before \
         (`former_ids`). The card shows up nowhere beside the one that was meant. Mend the id, or add the card.";
    REFERENCE_TYPE = Error "reference-type", "A field names a card of the wrong type",
        "A field that refers to another card wants one of a certain type, as its schema says: `client` a client, \
         `lost_to` a competitor. Some want one person there, as in `acme-trade#kowalski`, others the card as a whole. \
         Name the right card.";
    CONTACT_UNKNOWN = Error "contact-unknown", "A contact is named whom the card does not have",
        "`acme-trade#kowalski` is the entry with `id: kowalski` under `contacts:` of the card `acme-trade`; \
         `with:kowalski` in a log heading is a contact of the card's own client or lead. There is no such entry. Mend \
         the id, or add the contact to that card.";
    LINK_DANGLING = Warning "link-dangling", "A link in the text leads nowhere",
        "The link names a card or a note by its file's name without `.md`, and there is none. Perhaps the file was \
         renamed by hand: then list the old id under `former_ids:` of the new card, and all links work again.";
    REFERENCE_SELF = Warning "reference-self", "A card names itself",
        "The field is to name another card, but names its own. Name the one that was meant, or take the line away.";
    REFERENCE_CIRCLE = Warning "reference-circle", "Cards name each other in a circle",
        "A company can't be the parent of its own parent, and a document can't replace one that replaces it. Follow \
         the chain that is shown and take the wrong link out.";
    OPPORTUNITY_PARTY = Error "opportunity-party", "An open opportunity needs either a client or a lead",
        "Name the one with whom you may make the sale: `client:`, or `lead:` while it is still one. With both, nobody \
         knows whose sale it is; with none, it shows up beside nobody. When a lead becomes a client, put `client:` in \
         the place of `lead:`.";
    CLIENT_DIFFERS = Warning "client-differs", "A card and its opportunity name different clients",
        "An offer, contract, invoice or delivery for an opportunity is for the opportunity's client, or for one of its \
         group (`parent:`). Here it is another one, so the sale shows up at one client and its papers at the other. \
         Mend `client:` or `opportunity:`, here or there.";
    CONVERTED_TO_MISSING = Error "converted-to-missing", "A converted lead does not say what became of it",
        "The client's timeline takes in the lead whose `converted_to` is it: without the line all that happened \
         before is lost from sight. Add `converted_to:` with the id of the client or the opportunity.";
    GATE_NOT_MET = Error "gate-not-met", "The card lacks what its stage asks for",
        "karto.yaml says under `requires:` which fields a card must have in a stage, so that a figure such as the \
         forecast can be trusted. A 0 counts, an empty list does not. Fill the fields in, or move the card back. \
         `next_action` is met by a `next_contact` that is still to come, or an open task with a day.";
    NEXT_STEP_MISSING = Warning "next-step-missing", "An open card has no next step",
        "With `--strict` every open lead, opportunity, sent offer and case must say what comes next: a `next_contact`, \
         or an open task with `due:` or `on:`. A `next_contact` is met, and asks no more, once a contact has been \
         logged on that day or later. Leads in their first stage that nobody owns need none.";
    KEY_SHADOWS_DERIVED = Warning "key-shadows-derived", "A key hides a field that Karto computes",
        "The card stores a field that follows from the cards by itself, such as `last_contact`. The stored value wins, \
         and does not change when the truth does. Take the line away, or give the key another name.";
    DATE_IN_FUTURE = Error "date-in-future", "Something is said to have happened on a day to come",
        "Log entries, history lines, done tasks, payments and `created` tell of the past; dated in the future they \
         count for nothing until that day. Mostly the year or month is a slip. What is planned is a task \
         (`- [ ] … due:2026-11-25`) or `next_contact`.";
    HISTORY_BEFORE_CREATED = Warning "history-before-created", "The history begins before the card was created",
        "The first line of the history has an earlier date than `created`, so the card's age and the time in its first \
         stage disagree. Mend whichever is wrong; `created` may be as early as the first line.";
    CURRENCY_MISSING = Warning "currency-missing", "An amount has no currency",
        "Neither the card nor karto.yaml says what currency the amount is in. Add `currency: PLN` to karto.yaml, which \
         then holds for all cards, or to this card.";
    RATE_MISSING = Warning "rate-missing", "An amount can't be converted",
        "There is no exchange rate for the card's currency on the day that counts: today while it is open, the day it \
         closed afterwards, the day of issue for an invoice. The card is left out of sums and named there. Add the \
         rate under `rates:` in karto.yaml, or `rate:` to the card.";
    OWNER_LEFT = Warning "owner-left", "An open card belongs to somebody who has left",
        "karto.yaml has this person as `active: false`. The card asks nobody for its next step. Give it another owner.";
    OWNER_MISSING = Warning "owner-missing", "An open card belongs to nobody",
        "With `--strict` every card that asks for a next step must have an `owner`, else nobody is reminded of it. \
         Leads in their first stage may wait for one.";
    LIMIT_EXCEEDED = Warning "limit-exceeded", "Somebody has more open leads than the limit allows",
        "`limits: {open_leads_per_owner: …}` in karto.yaml says how many leads one person can look after. Hand some \
         over, disqualify those that lead nowhere, or raise the limit.";
}

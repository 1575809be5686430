"""wrapup: a transcript goes in on the left, a grounded summary comes out on the right.

    bytes ─ formats.read ─▶ Conversation ─ redact ─▶ Conversation ─ submit ─▶ rows [commit] ─ enqueue ─▶ job id
    job id ─ claim ─▶ Conversation [commit]
    Conversation ─ prompt.render ─▶ prompt ─ generate ─▶ completion ─ parse ─▶ Draft ─ ground, verified ─▶ claims
    claims ─ sections ─▶ Summary ─ complete ─▶ row, callbacks [commit] ─▶ GET, POST to endpoints

Values     conversation, summary, template, kinds, events, errors
Reading    formats/, hidden, redaction/, language, roles, waiting, legs and revisions (what belongs together), content
Writing    window, prompt, copying, lexicon, grounding, verify, repair, rewording, fallback, summarize
Checking   figures/, clauses/ and negation (what is denied), doers (who did it), obligations/ (who owes it), orders and
           ordered (what is said to us), evidence, scoring, roots
Telling    sections/, headings, naming, follow_ups and actions/, outcome, satisfaction, disposition, entities
Model      generate (the seam), model (the one the settings name), engine/ (token ids in, token ids out), backends/ and
           specs (others), writing (the first that can), resting
Money      metering (what was taken), prices and tariff, budget and spending (what may be), choosing, costs (the report)
Keeping    store/ (Postgres), queue (Celery messages), documents (JSON), use cases: accept and
           submit, batches, jobs, edits, templates, exports
Doors      platforms/ (what each sends us), signatures/ (who sent it), certificates, access (keys and sources), vault
Couriers   fetchers/ and fetching (what an event only names), callbacks, endpoints, delivering and verdict (whom),
           shapes/ and telling (how), outbound and reach (the one way out)
Running    settings, log, metrics/, tracing, cli, embedded, demo, doctor/, top
"""

-- Time stamps on signatures are given once, like signatures. A revision's level is the lower
-- of its two signatures' (PAdES-B-B … PAdES-B-LTA); renew_at: when it wants a later time stamp.
CREATE TABLE stamps (
    tag TEXT PRIMARY KEY, imprint TEXT NOT NULL, token BLOB NOT NULL, made_at INTEGER NOT NULL);
ALTER TABLE revisions ADD COLUMN level TEXT NOT NULL DEFAULT '';
ALTER TABLE revisions ADD COLUMN renew_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX revisions_by_renewal ON revisions (renew_at);

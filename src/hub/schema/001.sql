-- The hub's tables. Times are microseconds since 1970 UTC. Columns named *_sealed are encrypted
-- by the vault: personal data that lives only as long as its dossier.
CREATE TABLE officers (
    login TEXT PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, hash TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0, locked_until INTEGER NOT NULL DEFAULT 0,
    made_at INTEGER NOT NULL);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, login TEXT NOT NULL REFERENCES officers(login), csrf TEXT NOT NULL,
    expires_at INTEGER NOT NULL);
CREATE TABLE tokens (
    id TEXT PRIMARY KEY, kiosk TEXT NOT NULL, certificate TEXT NOT NULL,
    expires_at INTEGER NOT NULL);
CREATE TABLE serials (name TEXT PRIMARY KEY, last INTEGER NOT NULL);

CREATE TABLE dossiers (
    id TEXT PRIMARY KEY, kiosk TEXT NOT NULL, visit_key TEXT NOT NULL,
    visit_hash TEXT NOT NULL, rev INTEGER NOT NULL DEFAULT 1, made_at INTEGER NOT NULL,
    submitted_at INTEGER NOT NULL DEFAULT 0, ended_at INTEGER NOT NULL DEFAULT 0,
    released INTEGER NOT NULL DEFAULT 0, payment_reference TEXT NOT NULL DEFAULT '',
    body_sealed BLOB NOT NULL, UNIQUE (kiosk, visit_key));
CREATE INDEX dossiers_unended ON dossiers (ended_at, submitted_at);

CREATE TABLE documents (
    dossier TEXT NOT NULL REFERENCES dossiers(id) ON DELETE CASCADE, n INTEGER NOT NULL,
    kind TEXT NOT NULL, title TEXT NOT NULL, copies INTEGER NOT NULL, fee INTEGER NOT NULL,
    flags INTEGER NOT NULL, pages INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'open',
    reason TEXT NOT NULL DEFAULT '', decided_at INTEGER NOT NULL DEFAULT 0,
    decided_by TEXT NOT NULL DEFAULT '', copy_id TEXT UNIQUE, token_hash TEXT, approval TEXT,
    fence INTEGER NOT NULL DEFAULT 0, holder TEXT NOT NULL DEFAULT '',
    lease_key TEXT NOT NULL DEFAULT '', lease_until INTEGER NOT NULL DEFAULT 0,
    base TEXT NOT NULL DEFAULT '', filled TEXT NOT NULL DEFAULT '',
    hash_1 TEXT NOT NULL DEFAULT '', hash_2 TEXT NOT NULL DEFAULT '',
    signing_1 TEXT NOT NULL DEFAULT '', signing_2 TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0, retry_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (dossier, n));
CREATE INDEX documents_by_state ON documents (state);

CREATE TABLE pages (
    dossier TEXT NOT NULL, document INTEGER NOT NULL, n INTEGER NOT NULL,
    sha256 TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    dpi INTEGER NOT NULL, box_x INTEGER NOT NULL, box_y INTEGER NOT NULL,
    box_w INTEGER NOT NULL, box_h INTEGER NOT NULL, stored INTEGER NOT NULL DEFAULT 0,
    text_sealed BLOB, PRIMARY KEY (dossier, document, n),
    FOREIGN KEY (dossier, document) REFERENCES documents(dossier, n) ON DELETE CASCADE);
CREATE INDEX pages_by_picture ON pages (sha256);

CREATE TABLE faces (
    dossier TEXT NOT NULL REFERENCES dossiers(id) ON DELETE CASCADE, which TEXT NOT NULL,
    picture_sealed BLOB NOT NULL, PRIMARY KEY (dossier, which));

-- Sổ chứng thực bản sao từ bản chính: the eight columns, plus what the copy is found by.
CREATE TABLE books (name TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE register (
    book TEXT NOT NULL, number INTEGER NOT NULL, day TEXT NOT NULL, requester TEXT NOT NULL,
    title TEXT NOT NULL, signer TEXT NOT NULL, copies INTEGER NOT NULL, fee INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '', copy_id TEXT NOT NULL UNIQUE, token_hash TEXT NOT NULL,
    approval TEXT NOT NULL, scanned_pages INTEGER NOT NULL, file_pages INTEGER NOT NULL,
    cancelled_at INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (book, number));
CREATE TABLE revisions (
    sha256 TEXT PRIMARY KEY, copy_id TEXT NOT NULL, length INTEGER NOT NULL,
    log_index INTEGER NOT NULL, archived_at INTEGER NOT NULL);
CREATE INDEX revisions_by_copy ON revisions (copy_id);

CREATE TABLE signatures (
    tag TEXT PRIMARY KEY, credential TEXT NOT NULL, hash TEXT NOT NULL,
    response_id TEXT NOT NULL UNIQUE, signature BLOB NOT NULL, made_at INTEGER NOT NULL);
CREATE TABLE sads (
    id TEXT PRIMARY KEY, kiosk TEXT NOT NULL, credential TEXT NOT NULL, hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL);
CREATE TABLE log_nodes (
    level INTEGER NOT NULL, place INTEGER NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (level, place));
CREATE TABLE replies (
    kiosk TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL,
    type TEXT NOT NULL, body BLOB NOT NULL, made_at INTEGER NOT NULL,
    PRIMARY KEY (kiosk, key));
CREATE TABLE audit (
    at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '');

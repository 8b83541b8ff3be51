/** One step forward of the index. Steps are never changed after a release and never go back. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** The index from nothing to now. Nothing of a person stands in any column, nothing derived from one. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE item (
        submission_id TEXT PRIMARY KEY,
        receipt_number TEXT NOT NULL,
        kind TEXT NOT NULL,
        service_id TEXT NOT NULL,
        handle_item_code TEXT NOT NULL,
        state TEXT NOT NULL
          CHECK (state IN ('queued', 'sending', 'retry', 'received', 'archived', 'held')),
        created_at TEXT NOT NULL,
        envelope_sha256 TEXT NOT NULL,
        envelope_size INTEGER NOT NULL,
        qr TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before INTEGER NOT NULL DEFAULT 0,
        last_error TEXT,
        received_at TEXT,
        platform_cursor INTEGER,
        case_number TEXT,
        case_state TEXT,
        archived_at TEXT,
        ciphertext_deleted INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX item_by_state ON item (state, not_before);
      CREATE INDEX item_by_receipt ON item (receipt_number);
      CREATE TABLE attachment (
        submission_id TEXT NOT NULL REFERENCES item (submission_id),
        position INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        sent_offset INTEGER NOT NULL DEFAULT 0,
        complete INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (submission_id, position)
      ) STRICT;
      CREATE TABLE receipt_sequence (
        place TEXT NOT NULL,
        date TEXT NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (place, date)
      ) STRICT;
      CREATE TABLE audit_event (
        seq INTEGER PRIMARY KEY,
        time TEXT NOT NULL,
        event TEXT NOT NULL,
        submission_id TEXT,
        receipt_number TEXT,
        detail TEXT,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER audit_event_never_changes BEFORE UPDATE ON audit_event
        BEGIN SELECT RAISE(ABORT, 'audit events never change'); END;
      CREATE TRIGGER audit_event_never_goes BEFORE DELETE ON audit_event
        BEGIN SELECT RAISE(ABORT, 'audit events are never deleted'); END;
      CREATE TABLE kv (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE bundle (
        kind TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        etag TEXT,
        adopted_at TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 2,
    // rows stay for ever: what is looked at every minute must not grow with them
    sql: 'CREATE INDEX item_with_files ON item (state, created_at) WHERE ciphertext_deleted = 0;',
  },
  {
    version: 3,
    sql: `
      CREATE TABLE audit_mark (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
      DROP TRIGGER audit_event_never_goes;
      CREATE TRIGGER audit_event_never_goes BEFORE DELETE ON audit_event
        WHEN OLD.seq > coalesce(
          (SELECT CAST(value AS INTEGER) FROM kv WHERE key = 'auditPrunedThrough'), 0)
        BEGIN SELECT RAISE(ABORT, 'audit events are never deleted before their time'); END;
    `,
  },
  {
    version: 4,
    // a row or none: an index of its own would cost each commit a page
    sql: `
      CREATE TABLE unfiled_envelope (
        submission_id TEXT NOT NULL REFERENCES item (submission_id),
        bytes BLOB NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 5,
    // only what is archived loses its files, so `item_with_files` finds the same: one page less in each commit
    sql: 'DROP INDEX item_by_state;',
  },
];

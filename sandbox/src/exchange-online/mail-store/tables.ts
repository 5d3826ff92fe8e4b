/**
 * `messages` holds the columns for lists and conditions. Bodies, original MIME and attachment bytes have separate
 * tables, so that a page of 100 rows reads them only on demand.
 *
 * No column used for ordering is NULL: key-set paging compares rows, and comparisons with NULL fail.
 */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS folders (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, mailbox_id TEXT NOT NULL, parent_id TEXT,
    well_known_name TEXT, display_name TEXT NOT NULL, name_key TEXT NOT NULL, is_hidden INTEGER NOT NULL,
    UNIQUE (mailbox_id, well_known_name), UNIQUE (parent_id, name_key)
  ) STRICT;

  CREATE TABLE IF NOT EXISTS messages (
    key INTEGER PRIMARY KEY AUTOINCREMENT, mailbox_id TEXT NOT NULL, folder_id TEXT NOT NULL,
    immutable_id TEXT NOT NULL UNIQUE, rest_id TEXT NOT NULL UNIQUE, change_key TEXT NOT NULL,
    conversation_id TEXT NOT NULL, conversation_index BLOB NOT NULL, internet_message_id TEXT NOT NULL,
    subject TEXT NOT NULL, from_name TEXT NOT NULL, from_address TEXT NOT NULL, sender_name TEXT NOT NULL,
    sender_address TEXT NOT NULL, recipients TEXT NOT NULL, body_preview TEXT NOT NULL, importance TEXT NOT NULL,
    is_delivery_receipt_requested INTEGER NOT NULL, is_read_receipt_requested INTEGER NOT NULL,
    is_read INTEGER NOT NULL, is_draft INTEGER NOT NULL, flag_status TEXT NOT NULL, categories TEXT NOT NULL,
    inference_classification TEXT NOT NULL, has_attachments INTEGER NOT NULL, has_mime INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL, received_at INTEGER NOT NULL, sent_at INTEGER NOT NULL, created_at INTEGER NOT NULL,
    last_modified_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_folder_received ON messages (folder_id, received_at);
  CREATE INDEX IF NOT EXISTS messages_folder_read ON messages (folder_id, is_read);
  CREATE INDEX IF NOT EXISTS messages_mailbox_received ON messages (mailbox_id, received_at);
  CREATE INDEX IF NOT EXISTS messages_mailbox_message_id ON messages (mailbox_id, internet_message_id);
  CREATE INDEX IF NOT EXISTS messages_conversation ON messages (conversation_id);

  CREATE TABLE IF NOT EXISTS message_contents (
    message_key INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE, body_type TEXT NOT NULL, body TEXT NOT NULL,
    headers TEXT NOT NULL, reference_ids TEXT NOT NULL, in_reply_to TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS message_mimes (
    message_key INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE, mime BLOB NOT NULL
  ) STRICT;

  CREATE TABLE IF NOT EXISTS attachments (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    message_key INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE, kind TEXT NOT NULL, name TEXT NOT NULL,
    content_type TEXT NOT NULL, is_inline INTEGER NOT NULL, content_id TEXT, source_url TEXT,
    size_bytes INTEGER NOT NULL, last_modified_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS attachments_message ON attachments (message_key);
  CREATE TABLE IF NOT EXISTS attachment_contents (
    attachment_number INTEGER PRIMARY KEY REFERENCES attachments ON DELETE CASCADE, content BLOB NOT NULL
  ) STRICT;

  CREATE TABLE IF NOT EXISTS folder_uids (
    folder_id TEXT PRIMARY KEY, uid_validity INTEGER NOT NULL, uid_next INTEGER NOT NULL, renewed_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS message_uids (
    message_key INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE, folder_id TEXT NOT NULL,
    uid INTEGER NOT NULL, is_answered INTEGER NOT NULL, is_deleted INTEGER NOT NULL, is_mdn_sent INTEGER NOT NULL,
    UNIQUE (folder_id, uid)
  ) STRICT;

  CREATE TABLE IF NOT EXISTS mail_changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, mailbox_id TEXT NOT NULL, folder_id TEXT NOT NULL,
    message_key INTEGER NOT NULL, immutable_id TEXT NOT NULL, rest_id TEXT NOT NULL, kind TEXT NOT NULL,
    properties TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS mail_changes_folder ON mail_changes (folder_id, sequence);`

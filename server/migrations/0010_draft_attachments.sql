-- Locks: none but on the table it makes, and drafts shortly for the reference.
CREATE TABLE draft_attachments (
  id           uuid PRIMARY KEY,
  draft_id     uuid NOT NULL REFERENCES drafts ON DELETE CASCADE,
  name         text NOT NULL,
  content_type text NOT NULL,
  content_id   text,
  is_inline    boolean NOT NULL,
  size_bytes   bigint NOT NULL,
  content      bytea NOT NULL
);
CREATE INDEX draft_attachments_by_draft ON draft_attachments (draft_id, id);

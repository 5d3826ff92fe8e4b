-- Locks: messages, submissions and events against writing while their indexes are made, one to three seconds for a
-- million rows; the indexes hold only the few rows that a day of health is drawn from.
-- In each span an account was read to its end again and again, with no pause longer than the code allows; between two
-- of them nothing proves that it lived. An account that is well has one row, which grows.
CREATE TABLE proofs_of_life (
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  from_at          timestamptz NOT NULL,
  to_at            timestamptz NOT NULL,
  PRIMARY KEY (email_account_id, from_at)
);

-- What came and went on a day, and how long it took, without a look at the mail itself.
CREATE INDEX messages_by_arrival ON messages (email_account_id, received_at) INCLUDE (direction, created_at)
  WHERE NOT imported;
CREATE INDEX submissions_by_acceptance ON submissions (email_account_id, created_at);
CREATE INDEX events_of_health ON events (subject_id, at)
  WHERE kind IN ('email_account.state_changed', 'grant.state_changed', 'grant.refreshed');
CREATE INDEX events_of_unsent ON events (email_account_id, at)
  WHERE kind IN ('submission.failed', 'submission.unknown');

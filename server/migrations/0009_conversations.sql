CREATE TABLE conversations (
  id               uuid PRIMARY KEY,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  subject          text NOT NULL,
  status           text NOT NULL CHECK (status IN ('open', 'waiting', 'snoozed', 'closed')),
  assignee_id      text,
  participants     jsonb NOT NULL,
  preview          text NOT NULL,
  unread           boolean NOT NULL,
  message_count    integer NOT NULL,
  last_message_at  timestamptz NOT NULL,
  -- In the order in which they were added. Ids of deleted tags stay, so that restoring a tag restores it everywhere.
  tag_ids          uuid[] NOT NULL DEFAULT '{}',
  -- A message has an attachment other than images inside its text.
  has_files        boolean NOT NULL DEFAULT false,
  -- The latest message; null while it is not stored: the first one, until its copy is filed.
  last_message_id  uuid,
  -- Direction of the latest message.
  last_direction   text NOT NULL DEFAULT 'in' CHECK (last_direction IN ('in', 'out')),
  -- The conversation that took over the messages of this one. Requests for this one are redirected there.
  merged_into      uuid REFERENCES conversations ON DELETE CASCADE,
  created_at       timestamptz NOT NULL,
  -- The latest message that a person wrote is the customer's.
  needs_reply      boolean NOT NULL DEFAULT false,
  -- Time at which its newest unread message was stored; null if the mailbox has none.
  news_at          timestamptz,
  snoozed_until    timestamptz CHECK ((status = 'snoozed') = (snoozed_until IS NOT NULL)),
  -- Last time at which its snooze ended: it returns to the top of lists.
  woken_at         timestamptz,
  -- Order of lists.
  listed_at        timestamptz NOT NULL GENERATED ALWAYS AS (GREATEST(last_message_at, woken_at)) STORED,
  -- Outside the inbox, a conversation keeps its status and is in no list but that of its place.
  place            text NOT NULL DEFAULT 'inbox' CHECK (place IN ('inbox', 'spam', 'deleted')),
  -- `junk`: in Spam because all its mail is in Junk, until a message is elsewhere. `trash`: in Deleted because all its
  -- received mail is in Deleted Items or Junk, until a message is elsewhere. An id: in the inbox by an answer, until
  -- canceling that answer reverts it. Null: nothing but a person, a message or an answer changes the place.
  placed_by        text CHECK (CASE placed_by WHEN 'junk' THEN place = 'spam' WHEN 'trash' THEN place = 'deleted' ELSE placed_by IS NULL OR place = 'inbox' END),
  -- The list that it is in.
  listed_as        text NOT NULL GENERATED ALWAYS AS (CASE place WHEN 'inbox' THEN status ELSE place END) STORED,
  -- Time of the last message that the mailbox sent, without automatic ones; null if it sent none.
  last_sent_at     timestamptz,
  -- Other mailboxes that it belonged to. They may have its messages, and answers sent to them join it.
  moved_from       uuid[] NOT NULL DEFAULT '{}',
  -- Ids of the answers that set the status and the assignee, until canceling them reverts that. Null after another change.
  status_by        uuid,
  assigned_by      uuid,
  -- Legal hold: while it is set, nothing deletes the conversation or its messages.
  hold_reason      text,
  held_by          text,
  held_at          timestamptz CHECK (num_nulls(hold_reason, held_by, held_at) IN (0, 3))
);
CREATE INDEX conversations_moved ON conversations USING gin (moved_from) WHERE moved_from <> '{}';
CREATE INDEX conversations_by_time ON conversations (email_account_id, listed_as, listed_at DESC, id DESC);
CREATE INDEX conversations_by_assignee ON conversations (assignee_id, listed_as, listed_at DESC, id DESC);
-- The list of all mailboxes together, latest first.
CREATE INDEX conversations_by_list ON conversations (listed_as, listed_at DESC, id DESC);
-- Views that select few of the open conversations. A merged conversation is closed.
CREATE INDEX conversations_unassigned ON conversations (email_account_id, listed_at DESC, id DESC)
  WHERE listed_as = 'open' AND assignee_id IS NULL;
CREATE INDEX conversations_needing_reply ON conversations (email_account_id, listed_at DESC, id DESC)
  WHERE listed_as = 'open' AND needs_reply;
CREATE INDEX conversations_snoozed ON conversations (snoozed_until) WHERE listed_as = 'snoozed';
CREATE INDEX conversations_sent ON conversations (email_account_id, last_sent_at DESC, id DESC)
  WHERE place = 'inbox' AND last_sent_at IS NOT NULL;
-- Few rows.
CREATE INDEX conversations_held ON conversations (email_account_id) WHERE held_at IS NOT NULL;
-- Few rows: their messages can be of other mailboxes.
CREATE INDEX conversations_moved_by_account ON conversations (email_account_id) WHERE moved_from <> '{}';
CREATE INDEX conversations_merged_into ON conversations (merged_into) WHERE merged_into IS NOT NULL;

-- A trigger, because many statements change the status or the assignee.
CREATE FUNCTION end_answer_effects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> OLD.status AND NEW.status_by = OLD.status_by THEN NEW.status_by := NULL; END IF;
  IF NEW.assignee_id IS DISTINCT FROM OLD.assignee_id AND NEW.assigned_by = OLD.assigned_by THEN
    NEW.assigned_by := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER conversations_end_answer_effects BEFORE UPDATE OF status, assignee_id ON conversations
  FOR EACH ROW WHEN (OLD.status_by IS NOT NULL OR OLD.assigned_by IS NOT NULL) EXECUTE FUNCTION end_answer_effects();

-- The last guard of a legal hold, for each program that deletes conversations, their mailbox included.
CREATE FUNCTION refuse_deletion_of_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Conversation % is on legal hold', OLD.id USING ERRCODE = 'PK001';
END $$;
CREATE TRIGGER conversations_refuse_deletion BEFORE DELETE ON conversations
  FOR EACH ROW WHEN (OLD.held_at IS NOT NULL) EXECUTE FUNCTION refuse_deletion_of_held();

-- Read state of each person. No row: they read nothing in it.
CREATE TABLE conversation_reads (
  conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  person_id       text NOT NULL,
  read_at         timestamptz NOT NULL,
  -- Marked as unread by the person.
  is_unread       boolean NOT NULL DEFAULT false,
  PRIMARY KEY (conversation_id, person_id)
);

-- People whom notes of a conversation mention. Unread until they open it.
CREATE TABLE conversation_mentions (
  person_id       text NOT NULL,
  conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  mentioned_at    timestamptz NOT NULL,
  is_unread       boolean NOT NULL DEFAULT true,
  PRIMARY KEY (person_id, conversation_id)
);
CREATE INDEX conversation_mentions_latest ON conversation_mentions (person_id, mentioned_at DESC) INCLUDE (conversation_id);
CREATE INDEX conversation_mentions_unread ON conversation_mentions (person_id, conversation_id) WHERE is_unread;
-- For the foreign key.
CREATE INDEX conversation_mentions_by_conversation ON conversation_mentions (conversation_id);

-- People who follow a conversation. A row of a person who unfollowed it stays, so that their next answer or note does not
-- follow it again.
CREATE TABLE conversation_followers (
  conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  person_id       text NOT NULL,
  is_following    boolean NOT NULL DEFAULT true,
  -- Id that an answer stored here: the person follows only by that answer, and canceling it deletes the row.
  followed_by     uuid CHECK (followed_by IS NULL OR is_following),
  PRIMARY KEY (conversation_id, person_id)
);

-- Every Message-ID that leads to a conversation: those of its messages, those in their In-Reply-To and References, and
-- those of messages about to be sent. An import reads the newest mail first, so replies precede the mail they answer.
CREATE TABLE conversation_message_ids (
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  message_id       text NOT NULL,
  conversation_id  uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  -- Sent by this mailbox. A bounce has to name such a Message-ID to join a conversation.
  ours             boolean NOT NULL DEFAULT false,
  PRIMARY KEY (email_account_id, message_id)
);
CREATE INDEX conversation_message_ids_by_conversation ON conversation_message_ids (conversation_id);

CREATE TABLE messages (
  id                     uuid PRIMARY KEY,
  email_account_id       uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  conversation_id        uuid NOT NULL REFERENCES conversations,
  message_key            bytea NOT NULL,
  -- The last id on the server; `message_locations` has its places.
  remote_id              text NOT NULL,
  remote_conversation_id text,
  presence               text NOT NULL CHECK (presence IN ('present', 'unconfirmed', 'elsewhere', 'gone')),
  -- Role of its folder, if it is in Junk or Deleted Items alone, synchronized or not.
  discarded_to           text CHECK (discarded_to IN ('junk', 'trash')),
  direction              text NOT NULL CHECK (direction IN ('in', 'out')),

  message_id             text,
  in_reply_to            text[] NOT NULL,
  reference_ids          text[] NOT NULL,
  -- Message-ID that a delivery report is about.
  reports_on             text,
  subject                text NOT NULL,
  from_address           jsonb,
  sender_address         jsonb,
  to_addresses           jsonb NOT NULL,
  cc_addresses           jsonb NOT NULL,
  bcc_addresses          jsonb NOT NULL,
  reply_to_addresses     jsonb NOT NULL,
  sent_at                timestamptz,
  received_at            timestamptz NOT NULL,

  flags                  text[] NOT NULL,
  unread                 boolean NOT NULL,
  -- Automatic message, bounce, invitation, quarantined (JSON of `Marks`).
  marks                  jsonb NOT NULL DEFAULT '{}',
  -- Written by a program: it neither needs a reply nor is one. Automatic replies of Postkey included.
  is_automatic           boolean NOT NULL DEFAULT false,
  -- The subject differs from that of the conversation, and a user has yet to decide whether the message stays.
  split_proposed         boolean NOT NULL DEFAULT false,

  preview                text NOT NULL,
  body_type              text NOT NULL CHECK (body_type IN ('text', 'html')),
  body                   text NOT NULL,
  has_attachments        boolean NOT NULL,
  attachments_known      boolean NOT NULL DEFAULT false,
  imported               boolean NOT NULL,
  -- Time at which the server last replaced the content, such as an attachment that was scanned after delivery.
  content_replaced_at    timestamptz,
  created_at             timestamptz NOT NULL,
  UNIQUE (email_account_id, message_key)
);

-- A removed mailbox takes its conversations along, and no others. Messages that it received stay in conversations that moved
-- away, under the mailbox of those; the server no longer has them. Messages that another mailbox received in its own
-- conversations go.
CREATE FUNCTION remove_moved_conversations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM messages USING conversations AS own
    WHERE messages.conversation_id = own.id AND own.email_account_id = OLD.id AND own.moved_from <> '{}'
      AND messages.email_account_id <> OLD.id;
  UPDATE messages SET email_account_id = moved.email_account_id, message_key = uuid_send(messages.id),
      remote_id = 'removed:' || messages.id, remote_conversation_id = NULL, presence = 'gone'
    FROM conversations AS moved
    WHERE messages.conversation_id = moved.id AND moved.moved_from @> ARRAY[OLD.id] AND moved.moved_from <> '{}'
      AND moved.email_account_id <> OLD.id AND messages.email_account_id = OLD.id;
  UPDATE conversations SET moved_from = array_remove(moved_from, OLD.id)
    WHERE moved_from @> ARRAY[OLD.id] AND moved_from <> '{}';
  RETURN OLD;
END $$;
CREATE TRIGGER email_accounts_remove_moved BEFORE DELETE ON email_accounts
  FOR EACH ROW EXECUTE FUNCTION remove_moved_conversations();

CREATE INDEX messages_by_conversation ON messages (conversation_id, received_at, id);
CREATE INDEX messages_unread ON messages (conversation_id) WHERE unread;
CREATE INDEX messages_by_remote_id ON messages (email_account_id, remote_id);
CREATE INDEX messages_unconfirmed ON messages (email_account_id) WHERE presence = 'unconfirmed';
-- First and last contact with a customer. Mail may have longer addresses than an index row can hold; they belong to no
-- customer.
CREATE INDEX messages_by_sender ON messages (lower(left(from_address ->> 'address', 255)), received_at);
CREATE INDEX messages_by_message_id ON messages (email_account_id, message_id);
-- Few rows: messages without a Message-ID are recognized by their bytes among those received at the same time.
CREATE INDEX messages_without_id ON messages (email_account_id, received_at) WHERE message_id IS NULL;
CREATE INDEX messages_by_remote_conversation ON messages (email_account_id, remote_conversation_id);
CREATE INDEX messages_by_report ON messages (email_account_id, reports_on) WHERE reports_on IS NOT NULL;
-- Lists of messages.
CREATE INDEX messages_by_time ON messages (email_account_id, received_at DESC, id DESC);
CREATE INDEX messages_quarantined ON messages (email_account_id, received_at DESC, id DESC) WHERE marks ? 'quarantine';
-- Counts and delays of a day, without reading the messages themselves.
CREATE INDEX messages_by_arrival ON messages (email_account_id, received_at) INCLUDE (direction, created_at)
  WHERE NOT imported;

-- Messages and notes whose words are not searchable yet, written with them. The search index takes the newest first.
CREATE TABLE search_queue (
  -- A message or a note.
  message_id       uuid PRIMARY KEY,
  email_account_id uuid NOT NULL,
  received_at      timestamptz NOT NULL,
  -- Words of subject, people and file names, each with a mark of its field.
  fields           tsvector NOT NULL DEFAULT '',
  -- Text of the body.
  text             text NOT NULL,
  queued_at        timestamptz NOT NULL
);
-- Deleted within a second, so compressing it would take longer than storing it.
ALTER TABLE search_queue ALTER COLUMN text SET STORAGE EXTERNAL;
CREATE INDEX search_queue_by_time ON search_queue (received_at DESC, message_id DESC);

CREATE FUNCTION notify_search_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('search_queue', '');
  RETURN NULL;
END $$;
CREATE TRIGGER search_queue_notify AFTER INSERT ON search_queue
  FOR EACH STATEMENT EXECUTE FUNCTION notify_search_queue();

-- Words of messages and notes, one partition per month of receipt, so that a search reads the newest month first. The search index
-- creates a partition with the first message of its month. Without a foreign key: it would lock email accounts whenever
-- a partition is created.
CREATE TABLE search_entries (
  -- A message or a note.
  message_id       uuid NOT NULL,
  email_account_id uuid NOT NULL,
  received_at      timestamptz NOT NULL,
  -- The words of the body; other words after the letter of their field and an equals sign, which no word contains; the id
  -- of the email account after an equals sign; `#attachment`.
  search           tsvector NOT NULL,
  PRIMARY KEY (received_at, message_id)
) PARTITION BY RANGE (received_at);
-- A list of words hardly compresses, and the attempt took longer than storing it.
ALTER TABLE search_entries ALTER COLUMN search SET STORAGE EXTERNAL;
CREATE INDEX search_entries_words ON search_entries USING gin (search);

-- Month as in the name of its partition. Mail may have any date, and each month is a table, so months before and after
-- these share a partition.
CREATE FUNCTION search_month(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN at < '2000-02-01 00:00:00+00' THEN '2000_01'
    WHEN at >= '2100-01-01 00:00:00+00' THEN '2100_01'
    ELSE to_char(at AT TIME ZONE 'UTC', 'YYYY_MM') END
$$;

-- The queue first: this waits for a message that is being indexed, so that the later statements find its entry. Few
-- partitions by name, because a statement on the partitioned table locks each of them and its indexes. A removed mailbox
-- has many, and its messages are read once.
CREATE FUNCTION forget_search_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  months regclass[];
  month regclass;
BEGIN
  IF EXISTS (SELECT FROM conversations JOIN gone ON gone.conversation_id = conversations.id
      WHERE conversations.held_at IS NOT NULL) THEN
    RAISE EXCEPTION 'A message is on legal hold' USING ERRCODE = 'PK001';
  END IF;
  DELETE FROM search_queue USING gone WHERE search_queue.message_id = gone.id;
  months := ARRAY(SELECT to_regclass('search_entries_' || name)
    FROM (SELECT DISTINCT search_month(received_at) AS name FROM gone) AS named);
  IF cardinality(months) > 12 THEN
    DELETE FROM search_entries USING gone
      WHERE search_entries.received_at = gone.received_at AND search_entries.message_id = gone.id;
    RETURN NULL;
  END IF;
  FOREACH month IN ARRAY months LOOP
    CONTINUE WHEN month IS NULL;
    EXECUTE format('DELETE FROM %s AS entry USING gone
      WHERE entry.received_at = gone.received_at AND entry.message_id = gone.id', month);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER messages_forget_search_entries AFTER DELETE ON messages REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION forget_search_entries();

-- Places of a message on the server. A moved message gets another location and stays the same message.
CREATE TABLE message_locations (
  folder_id  uuid NOT NULL REFERENCES folders ON DELETE CASCADE,
  remote_id  text NOT NULL,
  message_id uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
  -- The round of reading (folders.cursor_round) that last found it.
  round      integer NOT NULL,
  PRIMARY KEY (folder_id, remote_id)
);
CREATE INDEX message_locations_by_message ON message_locations (message_id);
-- Each received message is looked up by its id on the server, in any folder.
CREATE INDEX message_locations_by_remote_id ON message_locations (remote_id);

-- The message as it was received (RFC 5322), where it was read as source: a later version can parse it again.
CREATE TABLE message_sources (
  message_id uuid PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
  encoding   text NOT NULL CHECK (encoding IN ('zstd')),
  size_bytes bigint NOT NULL,
  content    bytea NOT NULL
);
-- Compressed already.
ALTER TABLE message_sources ALTER COLUMN content SET STORAGE EXTERNAL;

-- Earlier contents of messages, as they were before the server replaced them.
CREATE TABLE message_versions (
  id              uuid PRIMARY KEY,
  message_id      uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
  replaced_at     timestamptz NOT NULL,
  preview         text NOT NULL,
  body_type       text NOT NULL CHECK (body_type IN ('text', 'html')),
  body            text NOT NULL,
  has_attachments boolean NOT NULL,
  -- Null where the attachments were never listed.
  attachments     jsonb,
  -- As in message_sources; null where the source was not kept.
  source          bytea
);
-- Compressed already.
ALTER TABLE message_versions ALTER COLUMN source SET STORAGE EXTERNAL;
CREATE INDEX message_versions_of_message ON message_versions (message_id, replaced_at DESC);

-- Displayed bodies of messages that take long to sanitize and fold. A cache: any row may be deleted.
CREATE TABLE message_views (
  message_id uuid PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
  -- Version of the sanitizer; a view of another version is created again.
  version    integer NOT NULL,
  -- Null for a body that exceeded its deadline or memory: it is shown as plain text, without another attempt.
  view       jsonb,
  html       text,
  created_at timestamptz NOT NULL
);
CREATE INDEX message_views_by_age ON message_views (created_at);

-- A changed body removes its view.
CREATE FUNCTION forget_message_view() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM message_views WHERE message_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_message_view AFTER UPDATE OF body, body_type ON messages
  FOR EACH ROW EXECUTE FUNCTION forget_message_view();

CREATE TABLE attachments (
  id           uuid PRIMARY KEY,
  message_id   uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
  remote_id    text NOT NULL,
  name         text NOT NULL,
  content_type text NOT NULL,
  size_bytes   bigint NOT NULL,
  content_id   text,
  is_inline    boolean NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('file', 'item', 'link')),
  UNIQUE (message_id, remote_id)
);

CREATE TABLE notes (
  id              uuid PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  author_id       text NOT NULL,
  body            text NOT NULL,
  -- Ids of people.
  mentions        text[] NOT NULL DEFAULT '{}',
  created_at      timestamptz NOT NULL
);
CREATE INDEX notes_by_conversation ON notes (conversation_id, id);

-- As for a message. Rows one by one: a conversation has few notes, and they are of a few months.
CREATE FUNCTION forget_note_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  month regclass := to_regclass('search_entries_' || search_month(OLD.created_at));
BEGIN
  DELETE FROM search_queue WHERE message_id = OLD.id;
  IF month IS NOT NULL THEN
    EXECUTE format('DELETE FROM %s WHERE received_at = $1 AND message_id = $2', month) USING OLD.created_at, OLD.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER notes_forget_words AFTER DELETE ON notes FOR EACH ROW EXECUTE FUNCTION forget_note_words();

-- The team's notes about customers, one per address.
CREATE TABLE customer_notes (
  -- In lower case.
  address    text PRIMARY KEY,
  body       text NOT NULL,
  version    integer NOT NULL,
  author_id  text NOT NULL,
  updated_at timestamptz NOT NULL
);

-- Searches that a person has saved; shared ones are for the whole team.
CREATE TABLE saved_views (
  id         uuid PRIMARY KEY,
  owner_id   text NOT NULL,
  name       text NOT NULL,
  query      text NOT NULL,
  view       text NOT NULL,
  is_shared  boolean NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX saved_views_by_owner ON saved_views (owner_id);
CREATE INDEX saved_views_shared ON saved_views (owner_id) WHERE is_shared;

CREATE TABLE drafts (
  id               uuid PRIMARY KEY,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  conversation_id  uuid REFERENCES conversations ON DELETE CASCADE,
  author_id        text NOT NULL,
  content          jsonb NOT NULL,
  version          integer NOT NULL,
  updated_at       timestamptz NOT NULL,
  -- Discarded drafts are kept for a day, so that discarding can be undone. Nothing else shows them.
  discarded_at     timestamptz,
  -- Latest announcement of a change to the other windows of the author.
  announced_at     timestamptz
);
CREATE INDEX drafts_by_author ON drafts (author_id, updated_at);
CREATE INDEX drafts_by_conversation ON drafts (conversation_id);
CREATE INDEX drafts_discarded ON drafts (discarded_at) WHERE discarded_at IS NOT NULL;

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

-- Closing of the old conversations of a mailbox, in the background. The row of the last one stays.
CREATE TABLE conversation_closings (
  email_account_id uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  closes_before    timestamptz NOT NULL,
  actor            text NOT NULL,
  started_at       timestamptz NOT NULL,
  -- Conversations closed so far.
  closed           integer NOT NULL,
  -- Null while it works.
  finished_at      timestamptz,
  -- Actor of its undo; null while it is not undone.
  undone_by        text,
  -- Conversations opened again so far.
  reopened         integer NOT NULL DEFAULT 0,
  -- Null while its undo works.
  undone_at        timestamptz CHECK (undone_at IS NULL OR undone_by IS NOT NULL)
);

-- Conversations of the last closing of a mailbox with their former state, until it is undone or a day has passed.
CREATE TABLE closed_conversations (
  conversation_id  uuid PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  -- `xmin` of the row that the closing wrote: another value means that something has changed it since.
  written_by       xid NOT NULL,
  -- Status and read state, see `keepClosed`.
  former           jsonb NOT NULL
);
-- For the undo and the next closing of the mailbox, and for the foreign key.
CREATE INDEX closed_conversations_by_account ON closed_conversations (email_account_id, conversation_id);

-- Users and API keys that have a conversation open at the moment. Unlogged: after a crash of PostgreSQL it is empty,
-- and each browser reports again within seconds. No index on expires_at, so that a report is a HOT update; the table
-- holds tens of rows.
CREATE UNLOGGED TABLE conversation_viewers (
  conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  -- Author as in notes and drafts: the id of a user, or `api-key:` and the id of a key.
  viewer          text NOT NULL,
  activity        text NOT NULL CHECK (activity IN ('viewing', 'writing')),
  since           timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL,
  PRIMARY KEY (conversation_id, viewer)
) WITH (fillfactor = 50);

-- Addresses of stored messages, for suggestions of recipients. The words are those of name and address.
CREATE TABLE correspondents (
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  -- In lower case.
  address          text NOT NULL,
  name             text NOT NULL,
  words            tsvector NOT NULL,
  -- The mailbox has written to it.
  is_recipient     boolean NOT NULL,
  last_at          timestamptz NOT NULL,
  PRIMARY KEY (email_account_id, address)
);
-- Beginnings of words. Times change without it, so that these updates stay in their page.
CREATE INDEX correspondents_by_word ON correspondents USING gin (words);

-- Tags of the installation.
CREATE TABLE tags (
  id         uuid PRIMARY KEY,
  name       text NOT NULL,
  color      text NOT NULL,
  created_at timestamptz NOT NULL,
  deleted_at timestamptz
);
-- One name in any case, so that agents can't create a tag twice. A deleted tag leaves its name to another one.
CREATE UNIQUE INDEX tags_by_name ON tags (lower(name)) WHERE deleted_at IS NULL;

-- Conversations by tag in the order of their list: an index over `conversations.tag_ids`, written by triggers alone.
-- List and mailbox are part of it, so that the few open conversations of a frequent tag are read without the others.
CREATE TABLE conversation_tags (
  conversation_id  uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  tag_id           uuid NOT NULL,
  email_account_id uuid NOT NULL,
  listed_as        text NOT NULL,
  listed_at        timestamptz NOT NULL,
  PRIMARY KEY (conversation_id, tag_id)
);
CREATE INDEX conversation_tags_of_account
  ON conversation_tags (tag_id, email_account_id, listed_as, listed_at DESC, conversation_id DESC);
-- The list of all mailboxes together.
CREATE INDEX conversation_tags_by_list ON conversation_tags (tag_id, listed_as, listed_at DESC, conversation_id DESC);

CREATE FUNCTION index_conversation_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM conversation_tags
    WHERE conversation_id = NEW.id AND (NEW.merged_into IS NOT NULL OR tag_id <> ALL (NEW.tag_ids));
  IF NEW.merged_into IS NULL THEN
    INSERT INTO conversation_tags (conversation_id, tag_id, email_account_id, listed_as, listed_at)
      SELECT NEW.id, tag_id, NEW.email_account_id, NEW.listed_as, NEW.listed_at FROM unnest(NEW.tag_ids) AS tag_id
      ON CONFLICT (conversation_id, tag_id) DO UPDATE SET email_account_id = EXCLUDED.email_account_id,
        listed_as = EXCLUDED.listed_as, listed_at = EXCLUDED.listed_at;
  END IF;
  RETURN NULL;
END $$;
-- The conditions cost nothing for a conversation without tags.
CREATE TRIGGER conversations_index_new_tags AFTER INSERT ON conversations
  FOR EACH ROW WHEN (NEW.tag_ids <> '{}') EXECUTE FUNCTION index_conversation_tags();
CREATE TRIGGER conversations_index_tags AFTER UPDATE ON conversations
  FOR EACH ROW WHEN ((NEW.tag_ids <> '{}' OR OLD.tag_ids <> '{}')
    AND (NEW.tag_ids, NEW.email_account_id, NEW.listed_as, NEW.listed_at, NEW.merged_into)
      IS DISTINCT FROM (OLD.tag_ids, OLD.email_account_id, OLD.listed_as, OLD.listed_at, OLD.merged_into))
  EXECUTE FUNCTION index_conversation_tags();

-- Erasure of people, see docs/decisions/0059-erasure-of-people.md. Key of the hashes below: at most one row, created by the
-- first erasure.
CREATE TABLE erasure_key (
  one    boolean PRIMARY KEY DEFAULT true CHECK (one),
  sealed bytea NOT NULL,
  key_id text NOT NULL REFERENCES encryption_keys
);

-- Addresses of erased people, as HMAC-SHA-256 in lower case. Sync ignores their unknown mail received before.
CREATE TABLE erased_addresses (
  hash      bytea PRIMARY KEY,
  erased_at timestamptz NOT NULL
);

-- Erased messages, as HMAC-SHA-256 of `messages.message_key`, and of protocol, Message-ID and sender, which recognizes them
-- by the other protocol: also those whose addresses are not of the person, such as delivery reports. Without the mailbox: it
-- may be removed and connected again.
CREATE TABLE erased_messages (
  hash bytea PRIMARY KEY
);

-- Places of erased mail in the mailbox, where it stays. Comparisons with the mailbox don't miss it.
CREATE TABLE erased_locations (
  folder_id   uuid NOT NULL REFERENCES folders ON DELETE CASCADE,
  remote_id   text NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (folder_id, remote_id)
);

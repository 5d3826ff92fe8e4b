-- Locks: folders for a moment; constant defaults rewrite nothing.
-- About once an hour what the server has in a folder is compared with what is stored: when that was done last and when by
-- every id, how often, how many messages were missing and how many of them were brought in, and how many had left unheard.
ALTER TABLE folders
  ADD COLUMN compared_at    timestamptz,
  ADD COLUMN listed_at      timestamptz,
  ADD COLUMN comparisons    integer NOT NULL DEFAULT 0,
  ADD COLUMN missing_found  integer NOT NULL DEFAULT 0,
  ADD COLUMN brought_in     integer NOT NULL DEFAULT 0,
  ADD COLUMN left_found     integer NOT NULL DEFAULT 0;

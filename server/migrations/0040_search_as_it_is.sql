-- Locks: messages, for a moment. Nothing is written anew.
-- A list of words hardly gets smaller by compression, and to try it took longer than to store it.
ALTER TABLE messages ALTER COLUMN search SET STORAGE EXTERNAL;

-- Wrong passwords of the last minutes, by keyed hashes of account, client network and device. The columns belong to
-- rate-limiter-flexible, which inserts without their names; `expire` is in milliseconds since 1970. See
-- docs/decisions/0060-sign-in-limits-in-postgresql.md.
CREATE TABLE sign_in_attempts (
  key    text PRIMARY KEY,
  points integer NOT NULL,
  expire bigint
);
CREATE INDEX sign_in_attempts_expire_idx ON sign_in_attempts (expire);

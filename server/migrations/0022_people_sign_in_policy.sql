-- The policy of sign-ins to Postkey. See docs/decisions/0063-sign-in-policy.md.
-- Locks: users ShareRowExclusiveLock
-- Beside the previous version: it knows neither table, and opens sessions as before.

-- At most one row; without it, the defaults apply.
CREATE TABLE sign_in_policy (
  one                boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- Only sessions by a provider, except those of break-glass admins.
  only_by_provider   boolean NOT NULL,
  second_factor_for  text NOT NULL CHECK (second_factor_for IN ('no-one', 'admins', 'everyone')),
  -- Null: a week after the first person joined, or after this migration.
  second_factor_from timestamptz,
  -- Another time for admins, who needed a factor before everyone did. Null: second_factor_from.
  admins_from        timestamptz
);

-- Admins who may sign in without a provider while others may not.
CREATE TABLE break_glass_admins (
  user_id text PRIMARY KEY REFERENCES users ON DELETE CASCADE
);

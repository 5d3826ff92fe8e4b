-- The redirect of an admin consent proves nothing: anybody who began it can type its address. A consent is reported by
-- the redirect and proved by the token of a sign-in that follows.
ALTER TABLE authorizations ADD COLUMN proves_consent boolean NOT NULL DEFAULT false;
ALTER TABLE sign_in_links ADD COLUMN consent_reported_at timestamptz;

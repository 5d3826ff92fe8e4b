/**
 * Breaking changes since the last release that were decided: their lines, each with its reason. Emptied after a release,
 * together with `npm run keep-api`.
 */
export const ACCEPTED_BREAKS: Readonly<Record<string, string>> = {}

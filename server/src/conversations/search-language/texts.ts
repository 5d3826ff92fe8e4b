/** Texts about parts of a search query that are ignored. */
export const TEXTS = {
  noText: '{operator}: needs a word with a letter or a digit',
  noTextFix: 'Write it after the colon without a space, such as {operator}:{example}.',
  noDay: '{operator}: needs a day or a period',
  noDayFix: 'Write a day such as 2026-03-31, a month, a year, today, yesterday, or a period such as 7d, 2w, 6m or 1y.',
  negatedDay: "on: can't be negated",
  negatedDayFix: 'Use before: or after: instead.',
  oneOf: '{operator}: needs one of {values}',
  oneOfFix: 'Correct the value, or remove the condition.',
  noMailbox: 'mailbox: needs the key, address or name of one of your mailboxes',
  noMailboxFix: 'Known here: {values}.',
  noPerson: 'assignee: needs a member of the team, me or none',
  noPersonFix: 'Write the name or address of a person, with quotation marks around a name with spaces.',
  noTag: 'tag: needs the name of a tag, or none',
  noTagFix: 'Write a name or its beginning, with quotation marks around a name with spaces. Known here: {values}.',
  misspelled: '{operator}: is not an operator',
  misspelledFix: 'Did you mean {meant}:? The words are searched as text.',
  tooMany: 'At most {count} conditions',
  tooManyFix: 'Remove some. The conditions after this one are ignored.',
} as const

export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

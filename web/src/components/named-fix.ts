/** Replaces `<mailbox>` and `<person>` in fixes of the catalog by the known names. */
export function namedFix(fix: string | undefined, address: string, userName: string | undefined): string | undefined {
  const named = fix?.replaceAll('<mailbox>', address)
  return userName === undefined ? named : named?.replaceAll('<person>', userName)
}

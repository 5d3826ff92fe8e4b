/** Fixes of the catalogue name nobody: `<mailbox>` and `<person>` become those that are known where they are shown. */
export function namedFix(fix: string | undefined, address: string, userName: string | undefined): string | undefined {
  const named = fix?.replaceAll('<mailbox>', address)
  return userName === undefined ? named : named?.replaceAll('<person>', userName)
}

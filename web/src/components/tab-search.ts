/** Reads the name of a tab from the address; unknown ones mean the first tab. */
export function tabSearch<Name extends string>(names: readonly Name[]) {
  return (search: Record<string, unknown>): { tab?: Name } => {
    const tab = names.find((name) => name === search['tab'])
    return tab === undefined ? {} : { tab }
  }
}

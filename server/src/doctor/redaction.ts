/** Text that looks like an address, also inside quotes and commands. */
const ADDRESS = /([\p{L}\p{N}!#$%&*+/=?^_`{|}~.-]+)@([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*)/gu

/**
 * Abbreviates every address, such as `s…@c….example`. Readers who know an address recognize it; others can't send mail
 * to it. Equal addresses have equal abbreviations, so that a report remains readable.
 */
export function abbreviateAddresses(text: string): string {
  return text.replaceAll(ADDRESS, (_address, local: string, domain: string) => {
    const names = domain.split('.')
    const last = names.length > 1 ? `.${names.pop()!}` : ''
    return `${initialOf(local)}@${names.map(initialOf).join('.')}${last}`
  })
}

function initialOf(name: string): string {
  const [initial = ''] = Array.from(name)
  return `${initial}…`
}

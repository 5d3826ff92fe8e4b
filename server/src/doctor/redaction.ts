/** What looks like an address, also inside quotes and commands. */
const ADDRESS = /([\p{L}\p{N}!#$%&*+/=?^_`{|}~.-]+)@([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*)/gu

/**
 * Every address so that who knows it recognizes it and nobody else can write to it: `s…@c….example`. What is the same stays
 * the same, so that a report can be followed.
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

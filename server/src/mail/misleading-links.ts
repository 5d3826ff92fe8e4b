import { parse } from 'tldts'
import { isSameOrganization } from './domains.ts'
import type { HtmlTag } from './scan-tags.ts'

/** Link whose text names a different host than its target. */
export interface MisleadingLink {
  text: string
  host: string
}

const MOST_LINKS = 2000
const MOST_FOUND = 20
const LONGEST_TEXT = 300
const LONGEST_TAG = 4000
/** File extensions that are also top-level domains: `readme.md` isn't a host. */
const FILE_ENDINGS = new Set(['ai', 'cc', 'md', 'mov', 'pl', 'ps', 'py', 'rs', 'sh', 'so', 'zip'])
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&nbsp;': ' ' } // prettier-ignore

/**
 * Returns the links whose text names a different host than their target.
 *
 * @param html output of the sanitizer, with its tags
 */
export function findMisleadingLinks(html: string, tags: readonly HtmlTag[]): MisleadingLink[] {
  const found: MisleadingLink[] = []
  let [open, count] = [undefined as HtmlTag | undefined, 0]
  for (const tag of tags) {
    if (tag.name !== 'a') continue
    const begun = open
    open = tag.isEnd ? undefined : tag
    if (!begun || !tag.isEnd || ++count > MOST_LINKS || found.length >= MOST_FOUND) continue
    const target = targetOf(html.slice(begun.start, Math.min(begun.end, begun.start + LONGEST_TAG)))
    if (target === undefined) continue
    const text = textOf(html.slice(begun.end, Math.min(tag.start, begun.end + LONGEST_TEXT * 4)))
    const named = hostNamedBy(text)
    if (named !== undefined && !isSameOrganization(named, target)) found.push({ text, host: target })
  }
  return found
}

function targetOf(tag: string): string | undefined {
  const [, href] = / href="(https?:[^"]{1,3000})"/i.exec(tag) ?? []
  return href === undefined ? undefined : URL.parse(href.replaceAll('&amp;', '&'))?.hostname
}

/** Returns the host named by a text: of a URL, of `www.…`, or of a bare host with a public top-level domain. */
function hostNamedBy(text: string): string | undefined {
  const [, scheme, host] = /^(https?:\/\/)?([\p{L}\p{N}.-]{3,253})(?:[/?#:]\S*)?$/iu.exec(text) ?? []
  if (host === undefined || !host.includes('.') || host.startsWith('.')) return undefined
  if (scheme !== undefined || /^www\./i.test(host)) return host
  const { isIcann, publicSuffix, domain } = parse(host)
  return isIcann === true && domain !== null && !FILE_ENDINGS.has(publicSuffix ?? '') ? host : undefined
}

function textOf(html: string): string {
  const plain = html.replaceAll(/<[^>]*>?/g, '').replaceAll(/&(?:amp|lt|gt|quot|nbsp);/g, (entity) => ENTITIES[entity]!)
  return plain.replaceAll(/[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g, ' ').trim().slice(0, LONGEST_TEXT) // prettier-ignore
}

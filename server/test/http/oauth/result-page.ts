import type { Answer } from '../../kit/index.ts'

/** Text and links of the page. */
export function read({ text }: Answer) {
  const links = [...text.matchAll(/<a class="next" href="([^"]+)">([^<]+)<\/a>/g)].map(([, url = '', label = '']) => ({
    label,
    url: new URL(unescaped(url)),
  }))
  const said = text.replaceAll(/<style[\s\S]*?<\/style>|<title>[\s\S]*?<\/title>|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
  return {
    said,
    links,
    labels: links.map(({ label }) => label),
    paths: links.map(({ url }) => url.pathname + url.search),
  }
}

function unescaped(text: string): string {
  const numbered = text.replaceAll(/&#(\d+);/g, (_entity, code: string) => String.fromCodePoint(Number(code)))
  return numbered.replaceAll('&amp;', '&')
}

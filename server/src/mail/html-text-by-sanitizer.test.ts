import fc from 'fast-check'
import { expect, it } from 'vitest'
import { htmlToText } from './html-text.ts'
import { sanitize } from './sanitize.ts'

const BLOCKS = ['p', 'div', 'li', 'tr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'table', 'ul', 'ol']
const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }

/** Reference implementation: extracts text by the sanitizer, which keeps the tags that form lines. */
function bySanitizer(html: string): string {
  const kept = sanitize(html, {
    allowedTags: [...BLOCKS, 'br', 'hr', 'td', 'th'],
    allowedAttributes: {},
    nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'template', 'iframe'],
    textFilter: (text) => text.replaceAll(/\s+/g, ' '),
  })
  const lines = kept
    .replaceAll(/<(?:br|hr) \/>/g, '\n')
    .replaceAll(/<\/(?:td|th)>/g, '\t')
    .replaceAll(/<\/(?:p|h[1-6]|blockquote|table|ul|ol|pre)>/g, '\n\n')
    .replaceAll(/<\/(?:div|li|tr)>/g, '\n')
    .replaceAll(/<li>/g, '- ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:lt|gt|quot|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll('\u00a0', ' ')
  return lines
    .replaceAll(/[ \t]*\n[ \t]*/g, '\n')
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

const PIECES = [
  ...['<p>', '</p>', '<P class="x">', '<div>', '</div>', '<li>', '</li>', '<ul>', '</ul>', '<br>', '<br/>', '</br>'],
  ...['<hr>', '<td>', '</td>', '<tr>', '</table>', '<h1>', '</h1>', '<pre>', '</pre>', '<b>', '</b>', '<a href="/x">'],
  ...['<style>', '</style>', '<script>', '</script>', '<title>', '</title>', '<option>', '</option>', '<textarea>'],
  // In one piece: the sanitizer, like browsers, skips the remainder after another element's end tag.
  '<noscript>hidden</noscript>',
  ...['</textarea>', '<template>', '</template>', '<img src=x>', '<span', '>', '<', '"'],
  ...['&lt;', '&amp;', '&amp;lt;', '&nbsp;', '&#8364;', '&unknown;', '<!-- a -->', '<!doctype html>', '<![CDATA[x]]>'],
  ...[
    'word ',
    '  two  words',
    '\n',
    '\r\n\t',
    'ä',
    '\u00a0',
    '</',
    '<svg><title>t</title></svg>',
    '<iframe>',
    '</iframe>',
  ],
]

it('htmlToText returns the same text as the sanitizer', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }), (pieces) => {
      const html = pieces.join('')
      expect(htmlToText(html)).toBe(bySanitizer(html))
    }),
    { numRuns: 3000 },
  )
})

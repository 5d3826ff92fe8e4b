import { escapeHtml } from '../../mail/index.ts'

/**
 * Policy of a printed page. No script runs in it; it keeps our origin, so that the web UI can open the print dialog, which
 * is a modal. Images come from our own origin only.
 *
 * @see docs/decisions/0007-message-frame-without-scripts.md
 */
export const PRINT_POLICY =
  `sandbox allow-same-origin allow-modals allow-popups allow-popups-to-escape-sandbox; default-src 'none'; ` +
  `style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Folded quotations are open on paper. */
const STYLE =
  ':root{color-scheme:light;background:#fff;color:#000}' +
  'body{max-width:180mm;margin:12mm auto;font:11pt/1.45 system-ui,sans-serif;overflow-wrap:anywhere}' +
  'h1{font-size:16pt;margin:0 0 6mm}.cut{color:#555}' +
  'article{display:flow-root;border-top:1px solid #999;padding-top:4mm;margin-bottom:8mm}' +
  'dl{display:grid;grid-template-columns:max-content 1fr;gap:0 3mm;margin:0 0 4mm;font-size:9.5pt;break-after:avoid}' +
  'dt{color:#555}dd{margin:0}pre{white-space:pre-wrap;font:inherit;margin:0}img{max-width:100%;height:auto}' +
  '.text{contain:paint;position:relative}' +
  'blockquote{margin:.5em 0;padding-inline-start:.75em;border-inline-start:2px solid #bbb}' +
  'summary{display:none}details::details-content{display:block;block-size:auto;content-visibility:visible}' +
  '@page{margin:15mm}@media print{body{margin:0;max-width:none}}'

export function printHead(title: string): string {
  return `<head><meta charset="utf-8"><base target="_blank"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>`
}

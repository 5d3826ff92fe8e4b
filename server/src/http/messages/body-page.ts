/**
 * The page of a message text. The policy is the second protection after the sanitizer: content that passed it runs no
 * script, sends no form and loads only what is listed here. The frame has our origin, so that the page can measure it;
 * `allow-scripts` must therefore never be added. Images of the message come from our own origin with the reader's
 * session.
 *
 * @see docs/decisions/0007-message-frame-without-scripts.md
 * @see docs/decisions/0022-stored-message-views.md
 */
export function framePolicy(remoteImages: boolean): string {
  return (
    `sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; ` +
    `img-src 'self' data:${remoteImages ? ' https:' : ''}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`
  )
}

/**
 * White background, regardless of the surrounding page, because mail assumes dark text on white. A plain message
 * (`data-plain`) uses the page's own background, which sets `color-scheme` and `color` of the frame.
 */
export const FRAME_HEAD =
  '<head><meta charset="utf-8"><base target="_blank"><title>Message</title><style>' +
  ':root{color-scheme:light;background:#fff;color:#000;overflow-x:auto;overflow-y:hidden}' +
  ':root[data-plain]{background:transparent}' +
  'body{margin:0;display:flow-root;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}' +
  'pre{white-space:pre-wrap;font:inherit;margin:0}img{max-width:100%;height:auto}' +
  'blockquote{margin:.5em 0;padding-inline-start:.75em;border-inline-start:3px solid #ced4da}' +
  'summary{display:inline-block;list-style:none;cursor:pointer;padding:0 .6em;min-height:24px;border-radius:6px;' +
  'background:#e9ecef;color:#343a40;font-weight:700}summary::-webkit-details-marker{display:none}' +
  '</style></head>'

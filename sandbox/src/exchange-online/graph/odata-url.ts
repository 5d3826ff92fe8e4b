/**
 * Converts the spellings of an OData address to a single one.
 *
 * Clients write `/users('ada@contoso.example')/mailFolders('inbox')/messages/microsoft.graph.delta()` and
 * `/users/ada@contoso.example/mailFolders/inbox/messages/delta` for the same resource. Routes use the second form; this
 * function converts the first to it. Named keys, as in `applications(appId='…')`, become the segment `appId=…`. The
 * query stays unchanged.
 *
 * @see https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html §4.3, §4.5
 */
export function canonicalUrl(url: string): string {
  const questionMark = url.indexOf('?')
  const path = questionMark < 0 ? url : url.slice(0, questionMark)
  const query = questionMark < 0 ? '' : url.slice(questionMark)

  const segments: string[] = []
  for (const raw of path.split('/')) {
    let segment: string
    try {
      segment = decodeURIComponent(raw)
    } catch {
      return url // Invalid percent-encoding is passed on; the router refuses it.
    }
    for (const part of keyAsSegment(segment)) segments.push(encodeURIComponent(part).replaceAll('%24', '$'))
  }
  return segments.join('/') + query
}

function keyAsSegment(segment: string): string[] {
  const call = /^((?:microsoft\.graph\.)?[A-Za-z]\w*)\((.*)\)$/s.exec(segment)
  const name = (call?.[1] ?? segment).replace(/^microsoft\.graph\./i, '')
  const key = call?.[2]?.trim() ?? ''
  return key === '' ? [name] : [name, key.replace(/'((?:[^']|'')*)'/g, (_, text: string) => text.replaceAll("''", "'"))]
}

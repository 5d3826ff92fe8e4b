/**
 * Decodes `format=flowed` (RFC 3676): lines that end with a space continue in the next line of the same quotation, so
 * that a narrow screen can rewrap them. Signatures (`-- `) never flow.
 */
export function unflow(text: string, deletesSpace: boolean): string {
  const out: { depth: number; text: string; flows: boolean }[] = []
  for (const line of text.split(/\r\n|\r|\n/)) {
    const depth = /^>*/.exec(line)![0].length
    // One stuffed space precedes lines that could be mistaken for a quotation (§4.4).
    const content = line.slice(depth).replace(/^ /, '')
    const isSignature = content === '-- '
    const flows = !isSignature && content.endsWith(' ')
    const last = out.at(-1)
    const unpadded = flows && deletesSpace ? content.slice(0, -1) : content
    if (last?.flows && last.depth === depth && !isSignature) {
      last.text += unpadded
      last.flows = flows
    } else out.push({ depth, text: unpadded, flows })
  }
  return out.map(({ depth, text: line }) => (depth === 0 ? line : `${'>'.repeat(depth)} ${line}`)).join('\n')
}

import { crc32, deflateSync } from 'node:zlib'

/** An image of one color with a darker bar, like a screenshot of an error message. */
export function makePng(width: number, height: number, [red, green, blue]: readonly [number, number, number]): Buffer {
  const rows = Array.from({ length: height }, (_, y) => {
    const isBar = y > height * 0.4 && y < height * 0.6
    const pixel = [red, green, blue].map((value) => (isBar ? Math.floor(value / 2) : value))
    return Buffer.from([0, ...Array.from({ length: width }, () => pixel).flat()])
  })
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  size.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', size),
    pngChunk('IDAT', deflateSync(Buffer.concat(rows))),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}

/** A one-page PDF with the text `line`, padded to `sizeBytes` with a comment. */
export function makePdf(line: string, sizeBytes = 0): Buffer {
  const drawing = `BT /F1 24 Tf 72 700 Td (${line.replace(/[()\\]/g, '')}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, i) => {
    const offset = text.length
    text += `${i + 1} 0 obj\n${object}\nendobj\n`
    return `${String(offset).padStart(10, '0')} 00000 n \n`
  })
  const filler = `%${'0123456789abcdef'.repeat(4)}\n`
  const missing = sizeBytes - text.length
  const filling = missing > 0 ? Buffer.alloc(missing, filler) : Buffer.alloc(0)
  // The padding can end inside a line; a line break ends the comment in any case.
  const table = `\nxref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`
  const start = text.length + filling.length + 1
  const end = `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.concat([Buffer.from(text), filling, Buffer.from(table + end)])
}

/** Hostile messages, each opened ten times: duration, and how long the server answers no other request. */
import { readFileSync } from 'node:fs'
import { zstdCompressSync } from 'node:zlib'
import { percentile, type Bench } from './figures.ts'
import type { Asker } from './requests.ts'
import { onStage, type Stage } from './stage.ts'

const SIZE = 3_000_000
const TIMES = 10
const PROBE_EVERY_MS = 10
const fill = (piece: string) => piece.repeat(SIZE / piece.length)

const BODIES: Readonly<Record<string, string>> = {
  'styled paragraphs': fill('<p style="color:red;color:blue;margin:1px">x</p>'),
  'line breaks': fill('<br>'),
  'angle brackets': fill('<'),
  'deep nesting': fill('<div>'),
  'three inline photos of 3 MB':
    '<p>Look</p><img src="cid:photo1@x"><img src="cid:photo2@x"><img src="cid:photo3@x"><p>Bye</p>',
}

export async function hostile(bench: Bench): Promise<void> {
  await onStage(bench, async (stage) => {
    for (const [name, body] of Object.entries(BODIES)) await measure(bench, stage, name, await lay(stage, name, body))
  })
}

async function measure({ tell }: Bench, { asker, postkey }: Stage, name: string, id: string): Promise<void> {
  const probe = startProbe(asker)
  const each: number[] = []
  const statuses = new Set<number>()
  for (let n = 0; n < TIMES; n++) {
    const began = performance.now()
    const status = await asker.ask(`/v1/messages/${id}/body`).then(
      () => 200,
      () => 500,
    )
    statuses.add(status)
    each.push(performance.now() - began)
  }
  const longest = await probe.stop()
  tell({ name: `${name}: refused openings`, value: statuses.has(500) ? TIMES : 0, unit: 'of 10' })
  tell({ name: `${name}: first opening`, value: each[0]!, unit: 'ms' })
  tell({ name: `${name}: later openings, p50`, value: percentile(each.slice(1), 50), unit: 'ms' })
  tell({ name: `${name}: ten openings`, value: each.reduce((sum, one) => sum + one, 0), unit: 'ms' })
  tell({ name: `${name}: longest wait of another request`, value: longest, unit: 'ms' })
  tell({ name: `${name}: RSS of the server`, value: residentMb(postkey.pid), unit: 'MB' })
}

/** Asks for something small all the time. An event loop that is blocked answers it late. */
function startProbe(asker: Asker): { stop(): Promise<number> } {
  let [isOn, longest] = [true, 0]
  const probing = (async () => {
    while (isOn) {
      const began = performance.now()
      await asker.ask('/v1/conversations?limit=1')
      longest = Math.max(longest, performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS))
    }
  })()
  return {
    async stop() {
      isOn = false
      await probing
      return longest
    },
  }
}

function residentMb(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  return Number(kilobytes) / 1024
}

/** Laid into the database, with its photos in a source and listed as attachments. */
async function lay({ accountId, database }: Stage, name: string, body: string): Promise<string> {
  const hasPhotos = body.includes('cid:')
  const { rows } = await database.query<{ id: string }>(
    `WITH conversation AS (INSERT INTO conversations (id, email_account_id, subject, status, participants, preview, unread,
         message_count, last_message_at, created_at)
       VALUES (gen_random_uuid(), $1, $2, 'open', '[]', '', true, 1, now(), now()) RETURNING id)
     INSERT INTO messages (id, email_account_id, conversation_id, message_key, remote_id, presence, direction, subject,
       to_addresses, cc_addresses, bcc_addresses, reply_to_addresses, in_reply_to, reference_ids, received_at, flags,
       unread, preview, body_type, body, has_attachments, attachments_known, imported, created_at)
     SELECT gen_random_uuid(), $1, id, decode(md5($2), 'hex'), $2, 'present', 'in', $2, '[]', '[]', '[]', '[]', '{}', '{}',
       now(), '{}', true, '', 'html', $3, $4, true, false, now() FROM conversation RETURNING id`,
    [accountId, name, body, hasPhotos],
  )
  const { id } = rows[0]!
  if (hasPhotos) await layPhotos(database, id)
  return id
}

async function layPhotos(database: Stage['database'], id: string): Promise<void> {
  const photo = Buffer.alloc(SIZE, 7).toString('base64')
  const parts = [1, 2, 3].map((n) => {
    const header = `Content-Type: image/jpeg\r\nContent-ID: <photo${n}@x>\r\nContent-Transfer-Encoding: base64`
    return `--b\r\n${header}\r\n\r\n${photo}\r\n`
  })
  const head = 'Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\nx\r\n'
  const source = Buffer.from(`${head}${parts.join('')}--b--\r\n`)
  await database.query(
    `INSERT INTO message_sources (message_id, encoding, size_bytes, content) VALUES ($1, 'zstd', $2, $3)`,
    [id, source.length, zstdCompressSync(source)],
  )
  await database.query(
    `INSERT INTO attachments (id, message_id, remote_id, name, content_type, size_bytes, content_id, is_inline, kind)
     SELECT gen_random_uuid(), $1, (n + 1)::text, 'photo.jpg', 'image/jpeg', $2, 'photo' || n || '@x', true, 'file'
     FROM generate_series(1, 3) n`,
    [id, SIZE],
  )
}

/** Stores device codes: sign-ins that begin on one device and are approved in a browser on another. */
import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Grant } from './grants.ts'

/** Request of the device. */
export interface DeviceRequest {
  appId: string
  scope: string
  /** Tenant segment of the address. */
  segment: string
}

export type DeviceState = 'pending' | 'approved' | 'declined' | 'redeemed'

export interface DeviceCode {
  request: DeviceRequest
  userCode: string
  state: DeviceState
  /** True once the user has confirmed the sign-in on the device. */
  confirmed: boolean
  expiresAt: number
  /** Set once the user has approved. */
  grant: Grant | undefined
}

export interface DeviceCodes {
  issue(request: DeviceRequest): { deviceCode: string; userCode: string }
  /** Finds a request by the device's own code, including expired and redeemed ones. */
  find(deviceCode: string): DeviceCode | undefined
  /** Finds a pending request by the user code, in any spelling. */
  findWaiting(userCode: string): DeviceCode | undefined
  confirm(userCode: string): void
  approve(userCode: string, grant: Grant): void
  decline(userCode: string): void
  /** Marks an approved code as redeemed; `false` when a concurrent request redeemed it first. */
  redeem(deviceCode: string): boolean
}

export const DEVICE_CODE_SECONDS = 900
export const POLL_INTERVAL_SECONDS = 5
const DAY_MS = 24 * 60 * 60 * 1000

/** Alphabet of the nine-character user codes, without characters that are easily confused. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const USER_CODE_LENGTH = 9

interface Row {
  user_code: string
  request: string
  state: DeviceState
  confirmed: number
  grant_object: string | null
  expires_at: number
}

export function createDeviceCodes(database: Database, clock: Clock): DeviceCodes {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS device_codes (
      hash BLOB PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, request TEXT NOT NULL, state TEXT NOT NULL,
      confirmed INTEGER NOT NULL DEFAULT 0, grant_object TEXT, expires_at INTEGER NOT NULL
    ) STRICT`)

  const now = () => clock.now().getTime()
  const hash = (text: string) => createHash('sha256').update(text).digest()
  const read = (row: Row | undefined): DeviceCode | undefined =>
    row && {
      request: JSON.parse(row.request) as DeviceRequest,
      userCode: row.user_code,
      state: row.state,
      confirmed: row.confirmed === 1,
      expiresAt: row.expires_at,
      grant: row.grant_object === null ? undefined : (JSON.parse(row.grant_object) as Grant),
    }
  const whileWaiting = "WHERE user_code = ? AND state = 'pending' AND expires_at > ?"

  return {
    issue(request) {
      const deviceCode = randomBytes(120).toString('base64url')
      const userCode = Array.from({ length: USER_CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
      database.run('DELETE FROM device_codes WHERE expires_at < ?', now() - DAY_MS)
      database.run(
        "INSERT INTO device_codes (hash, user_code, request, state, expires_at) VALUES (?, ?, ?, 'pending', ?)",
        hash(deviceCode),
        userCode,
        JSON.stringify(request),
        now() + DEVICE_CODE_SECONDS * 1000,
      )
      return { deviceCode, userCode }
    },
    find: (deviceCode) => read(database.get<Row>('SELECT * FROM device_codes WHERE hash = ?', hash(deviceCode))),
    findWaiting: (userCode) =>
      read(database.get<Row>(`SELECT * FROM device_codes ${whileWaiting}`, plain(userCode), now())),
    confirm(userCode) {
      database.run(`UPDATE device_codes SET confirmed = 1 ${whileWaiting}`, userCode, now())
    },
    approve(userCode, grant) {
      const sql = `UPDATE device_codes SET state = 'approved', grant_object = ? ${whileWaiting}`
      database.run(sql, JSON.stringify(grant), userCode, now())
    },
    decline(userCode) {
      database.run(`UPDATE device_codes SET state = 'declined' ${whileWaiting}`, userCode, now())
    },
    redeem(deviceCode) {
      const sql = "UPDATE device_codes SET state = 'redeemed' WHERE hash = ? AND state = 'approved'"
      return database.run(sql, hash(deviceCode)).changes === 1
    },
  }
}

function plain(typed: string): string {
  return typed.replace(/[\s-]/g, '').toUpperCase()
}

/**
 * JSON of WebAuthn, as browsers read and write it. Bytes are base64url.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON
 */
import { z } from 'zod'
import { Time } from '../fields.ts'

/** Longest part of an answer: an attestation with its certificates has some thousand characters. */
const MAX_PART = 20_000

const bytes = z
  .string()
  .max(MAX_PART)
  .regex(/^[\w-]*$/)
const passkeyId = bytes.min(1).max(1400)
const type = z.literal('public-key')
const transports = z
  .array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']))
  .max(7)
  .optional()
const attachment = z.enum(['platform', 'cross-platform']).nullish()
const extensions = z.looseObject({})
const descriptor = z.object({ id: z.string(), type: z.string() })

export const passkeyIdParam = z.object({ id: passkeyId })
export const passkeyName = z.string().trim().min(1).max(60).describe('Name by which the person recognizes the passkey.')

export const Passkey = z
  .object({
    id: z.string(),
    name: z.string(),
    isSynced: z.boolean().describe('The passkey can be copied to other devices of the person by its maker.'),
    createdAt: Time,
    lastUsedAt: Time.optional(),
  })
  .meta({ id: 'Passkey' })

export const PasskeyCreationOptions = z
  .object({
    rp: z.object({ name: z.string(), id: z.string().optional() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge: z.string(),
    pubKeyCredParams: z.array(z.object({ alg: z.int(), type })),
    timeout: z.int().optional(),
    excludeCredentials: z.array(descriptor).optional(),
    authenticatorSelection: z
      .object({
        residentKey: z.enum(['required', 'preferred', 'discouraged']).optional(),
        requireResidentKey: z.boolean().optional(),
        userVerification: z.enum(['required', 'preferred', 'discouraged']).optional(),
      })
      .optional(),
    attestation: z.enum(['none', 'direct', 'enterprise', 'indirect']).optional(),
  })
  .meta({ id: 'PasskeyCreationOptions' })

export const PasskeyRequestOptions = z
  .object({
    challenge: z.string(),
    timeout: z.int().optional(),
    rpId: z.string().optional(),
    allowCredentials: z.array(descriptor).optional(),
    userVerification: z.enum(['required', 'preferred', 'discouraged']).optional(),
  })
  .meta({ id: 'PasskeyRequestOptions' })

export const NewPasskey = z
  .object({
    id: passkeyId,
    rawId: passkeyId,
    type,
    authenticatorAttachment: attachment,
    clientExtensionResults: extensions,
    response: z.object({ clientDataJSON: bytes, attestationObject: bytes, transports }),
  })
  .meta({ id: 'PasskeyAttestation' })

export const PasskeyAnswer = z
  .object({
    id: passkeyId,
    rawId: passkeyId,
    type,
    authenticatorAttachment: attachment,
    clientExtensionResults: extensions,
    response: z.object({
      clientDataJSON: bytes,
      authenticatorData: bytes,
      signature: bytes,
      userHandle: bytes.nullish(),
    }),
  })
  .meta({ id: 'PasskeyAssertion' })

/** A validated answer in the types of the library, which know neither `null` nor undefined fields. */
export function withoutNothing<T extends object>(answer: object): T {
  return JSON.parse(JSON.stringify(answer, (_, value: unknown) => value ?? undefined)) as T
}

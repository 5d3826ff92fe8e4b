import type { AlertRelay, PutAlertSettingsData } from '../../../api/client.ts'

type NewAlertRelay = NonNullable<PutAlertSettingsData['body']['relay']>

/** Form values of the mail relay. */
export interface RelayInput {
  host: string
  port: number | string
  security: AlertRelay['security']
  userName: string
  password: string
  from: string
  ca: string
}

export function relayInput(relay: AlertRelay | undefined): RelayInput {
  return {
    host: relay?.host ?? '',
    port: relay?.port ?? 587,
    security: relay?.security ?? 'starttls',
    userName: relay?.userName ?? '',
    password: '',
    from: relay?.from ?? '',
    ca: relay?.ca ?? '',
  }
}

/** Changes the encryption, with its usual port unless a custom one was typed. */
export function withSecurity(request: RelayInput, security: RelayInput['security']): RelayInput {
  const isUsual = [465, 587, 25].includes(Number(request.port))
  return { ...request, security, port: isUsual ? USUAL_PORT[security] : request.port }
}

const USUAL_PORT = { tls: 465, starttls: 587, none: 25 } as const

/** Builds the request. Empty fields are left out: an absent password is the stored one. */
export function toRelay({ host, port, security, userName, password, from, ca }: RelayInput): NewAlertRelay {
  return {
    ...{ host: host.trim(), port: Number(port), security, from: from.trim() },
    ...(userName.trim() !== '' && { userName: userName.trim() }),
    ...(password !== '' && { password }),
    ...(ca.trim() !== '' && { ca: ca.trim() }),
  }
}

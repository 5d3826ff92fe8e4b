/** Microsoft's pages in a browser: the sign-in, and the portal. */
import type { Page } from 'playwright-core'
import { authenticatorCode } from '../proofs/walk/authenticator-code.ts'

const PASSWORD = 'Sandbox-2026'

/** Answers every question of a Microsoft sign-in except the consent. */
export async function signInAtMicrosoft(page: Page, address: string, controlPanel?: string): Promise<void> {
  const other = page.getByRole('button', { name: 'Use another account' })
  const email = page.getByLabel('Email')
  await other.or(email).waitFor()
  if (await other.isVisible()) await other.click()
  await email.fill(address)
  await page.keyboard.press('Enter')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  if (controlPanel !== undefined) {
    await page.getByLabel('Code').fill(await authenticatorCode(controlPanel, address))
    await page.keyboard.press('Enter')
  }
  await page.getByRole('button', { name: 'Yes' }).click()
}

interface PortalOrder {
  portal: string
  redirectUri: string
  permissions: readonly string[]
  /** For organizations that forbid secrets. */
  withoutSecret?: boolean
}

export interface PortalRegistration {
  clientId: string
  tenantId: string
  /** Empty without a secret. */
  secret: string
}

/** Follows the steps of the work order as an Entra admin. */
export async function registerInPortal(page: Page, order: PortalOrder): Promise<PortalRegistration> {
  await page.goto(order.portal)
  await signInAtMicrosoft(page, 'ada@contoso.example')
  await page.getByRole('link', { name: 'New registration' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Postkey')
  await page.keyboard.press('Enter')
  const clientId = await page.getByRole('textbox', { name: 'Application (client) ID' }).inputValue()
  const tenantId = await page.getByRole('textbox', { name: 'Directory (tenant) ID' }).inputValue()

  await page.getByRole('link', { name: 'Authentication' }).click()
  await page.getByLabel('Platform').selectOption('Web')
  await page.getByLabel('Redirect URI').fill(order.redirectUri)
  await page.getByRole('button', { name: 'Configure' }).click()
  await page.getByText(order.redirectUri).first().waitFor()

  const secret = order.withoutSecret ? '' : await makeSecret(page)
  await page.getByRole('link', { name: 'API permissions' }).click()
  await page.getByRole('link', { name: 'Add a permission' }).click()
  await page.getByRole('link', { name: 'Delegated permissions' }).first().click()
  for (const permission of order.permissions) await page.getByLabel(permission, { exact: true }).check()
  await page.getByRole('button', { name: 'Add permissions' }).click()
  await page.getByText('Added:').waitFor()
  return { clientId, tenantId, secret }
}

async function makeSecret(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Certificates & secrets' }).click()
  await page.getByLabel('Description').first().fill('Postkey')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  return page.getByRole('textbox', { name: 'Value' }).inputValue()
}

/** Opens the page of the registration in the portal as a user who may change it. */
export async function uploadCertificate(page: Page, file: string): Promise<void> {
  await page.getByRole('link', { name: 'Certificates & secrets' }).click()
  await page.getByLabel('Certificate file').setInputFiles(file)
  await page.getByRole('button', { name: 'Add certificate' }).click()
  await page.getByText(/^The certificate .* is added\.$/).waitFor()
}

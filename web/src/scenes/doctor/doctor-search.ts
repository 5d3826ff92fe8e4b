/** Which mailbox is looked at; the installation when none is named. */
export interface DoctorSearch {
  account?: string
}

export function doctorSearch(search: Record<string, unknown>): DoctorSearch {
  return typeof search['account'] === 'string' && search['account'] !== '' ? { account: search['account'] } : {}
}

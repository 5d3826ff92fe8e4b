/** Id of the mailbox; without it, the installation is checked. */
interface DoctorSearch {
  account?: string
}

export function doctorSearch(search: Record<string, unknown>): DoctorSearch {
  return typeof search['account'] === 'string' && search['account'] !== '' ? { account: search['account'] } : {}
}

import { type Company, company, type DirectoryDouble } from './directory-double.ts'
import { hasMiniorangeHash } from './rest-double.ts'
import { type SeenRequest, startTinyServer, type TinyAnswer } from './tiny-server.ts'

export const miniorangeKeys = { customerKey: '47110', apiKey: 'miniorange-sesame-4711' }

/**
 * miniOrange as far as its public pages go: signed POST requests with the customer key in their body, and HTTP 200 with a
 * status also for failures. No page names an address that lists everybody, so the lists stand below /operator/, which is
 * nobody's but the operator's.
 */
export async function startMiniorangeDouble(told: Company = company(25, false)): Promise<DirectoryDouble> {
  const isSigned = hasMiniorangeHash(miniorangeKeys.customerKey, miniorangeKeys.apiKey)
  const server = await startTinyServer((request) => {
    const asked = request.body as { readonly customerKey?: string } | undefined
    if (!isSigned(request) || request.method !== 'POST') return { status: 401, body: { message: 'Invalid API keys' } }
    if (asked?.customerKey !== miniorangeKeys.customerKey) return failed('Invalid customer key')
    const [, , , kind, id] = request.path.split('/').map(decodeURIComponent)
    if (kind === 'people') {
      const people = told.people.map(({ id: key, login, isActive }) => ({
        id: key,
        username: login,
        email: `${login}@acme.example`,
        status: isActive ? 'ACTIVE' : 'DISABLED',
      }))
      return page(request, people)
    }
    const group = told.groups.find((each) => each.id === id)
    if (group !== undefined)
      return page(
        request,
        group.people.map((key) => ({ id: key })),
      )
    if (kind === 'groups')
      return page(
        request,
        told.groups.map(({ id: key, name }) => ({ id: key, name })),
      )
    return failed('No such address')
  })
  return { url: `${server.url}/moas`, company: told, close: server.close }
}

function failed(message: string): TinyAnswer {
  return { body: { status: 'FAILED', message } }
}

function page({ body }: SeenRequest, all: readonly object[]): TinyAnswer {
  const { from = 0, size = 10 } = body as { readonly from?: number; readonly size?: number }
  return { body: { status: 'SUCCESS', list: all.slice(from, from + size), total: all.length } }
}

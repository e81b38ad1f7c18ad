import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../domain/errors.ts'
import { createClient } from './client.ts'
import { openApiDocument } from './openapi.ts'
import { covers, roles } from './route.ts'
import { allRoutes, routes } from './routes.ts'

// The package is CommonJS: its default export arrives wrapped or bare, depending on who loads it.
const formats = ('default' in addFormats ? addFormats.default : addFormats) as unknown as (ajv: Ajv2020) => void

const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3'))) as {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown>; responses: Record<string, unknown> }
}
interface Operation {
  operationId: string
  parameters?: { name: string; in: string; required: boolean; schema: object }[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, unknown>
}

describe('the OpenAPI document', () => {
  it('is of version 3.1 and describes every endpoint once', () => {
    expect(document.openapi).toBe('3.1.0')
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      allRoutes()
        .map(([name]) => name)
        .sort(),
    )
  })

  it('names every place of a path as a parameter, and nothing else', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const { parameters = [] } of Object.values(methods)) {
        expect(
          parameters
            .filter((each) => each.in === 'path')
            .map(({ name }) => name)
            .sort(),
        ).toEqual(places.sort())
        expect(parameters.every((each) => each.in === 'query' || each.required)).toBe(true)
      }
    }
  })

  it('refers only to components that exist, and has no component nobody refers to', () => {
    const text = JSON.stringify(document)
    const referred = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)].map(([, kind, id]) => `${kind}/${id}`),
    )
    const present = Object.entries({
      schemas: document.components.schemas,
      responses: document.components.responses,
    }).flatMap(([kind, all]) => Object.keys(all).map((id) => `${kind}/${id}`))
    expect([...referred].filter((each) => !present.includes(each))).toEqual([])
    const schemas = present.filter((each) => each.startsWith('schemas/'))
    expect(schemas.filter((each) => !referred.has(each))).toEqual([])
  })

  it('holds schemas that a validator of JSON Schema 2020-12 accepts', () => {
    const ajv = new Ajv2020({ strict: false })
    formats(ajv)
    ajv.addSchema({ $id: 'https://muster.test/openapi', components: document.components } as object)
    for (const id of Object.keys(document.components.schemas)) {
      expect(() => ajv.compile({ $ref: `https://muster.test/openapi#/components/schemas/${id}` }), id).not.toThrow()
    }
  })

  it('answers every endpoint with a success and the common errors', () => {
    for (const methods of Object.values(document.paths)) {
      for (const { responses, operationId } of Object.values(methods)) {
        const statuses = Object.keys(responses)
        expect(
          statuses.filter((status) => /^(2|303)/.test(status)),
          operationId,
        ).toHaveLength(1)
        expect(statuses, operationId).toEqual(expect.arrayContaining(['400', '401', '403', '500', '503']))
      }
    }
  })
})

describe('the contract', () => {
  it('pages every list', () => {
    const unpaged = [
      'account.sessions',
      'account.tokens',
      'tokens.list',
      'secrets.list',
      'plans.facets',
      'system.search',
    ]
    for (const [name, endpoint] of allRoutes()) {
      const isList = 'items' in ((endpoint.response as { shape?: object }).shape ?? {})
      if (!isList || unpaged.includes(name)) continue
      expect(Object.keys(endpoint.query?.shape ?? {}), name).toEqual(expect.arrayContaining(['cursor', 'limit']))
    }
  })

  it('lets only approvers approve, and administrators not by the way', () => {
    expect(roles.filter((role) => covers([role], routes.plans.approve.role))).toEqual(['approver'])
    expect(roles.filter((role) => covers([role], 'viewer'))).toEqual([...roles])
    expect(roles.filter((role) => covers([role], 'operator'))).toEqual(['operator', 'admin'])
    expect(covers([], 'viewer')).toBe(false)
  })
})

describe('the client', () => {
  const answering = (status: number, body: string) => {
    const asked: { url: string; init: RequestInit }[] = []
    const fetch = async (url: string, init: RequestInit) => {
      asked.push({ url, init })
      return new Response(body, { status })
    }
    return { asked, client: createClient({ fetch, baseUrl: 'https://muster.test/', token: 'abc' }) }
  }

  it('fills in paths, repeats list values and sends the token', async () => {
    const { asked, client } = answering(200, '{"items":[]}')
    await client.runs.list({ query: { connection: 'staff', state: ['held', 'waiting'] } })
    await client.groups.members({
      params: { directoryKey: 'atlassian:a/b', groupId: 'x y' },
      query: { at: '2026-03-01' },
    })
    expect(asked.map(({ url }) => url)).toEqual([
      'https://muster.test/api/v1/runs?connection=staff&state=held&state=waiting',
      'https://muster.test/api/v1/groups/atlassian%3Aa%2Fb/x%20y/members?at=2026-03-01',
    ])
    expect(new Headers(asked[0]!.init.headers).get('authorization')).toBe('Bearer abc')
  })

  it.each(Object.entries(errorCodes))('throws %s as the server answered it', async (code, { http }) => {
    const error = { code, message: 'What happened.', hint: 'What to do.', problems: [{ where: 'a:1:2', message: 'm' }] }
    const { client } = answering(http, JSON.stringify({ error }))
    await expect(client.system.me()).rejects.toMatchObject(error)
  })

  it('says that somebody else answered when it is not Muster', async () => {
    for (const [status, body] of [
      [200, '<html>'],
      [502, '<html>'],
      [500, '{"error":"no"}'],
      [404, '{}'],
    ] as const) {
      await expect(answering(status, body).client.system.me()).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining('is not the admin API of Muster'),
      })
    }
  })

  it('tells an unreachable server from a stopped call', async () => {
    const broken = createClient({
      baseUrl: 'http://127.0.0.1:1',
      fetch: async () => {
        throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
      },
    })
    await expect(broken.system.me()).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    const signal = AbortSignal.abort()
    await expect(broken.system.me({}, { signal })).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('reads events, whatever pieces they arrive in, and an error among them', async () => {
    const text =
      'data: {"number":1}\n\n: still here\n\ndata: {"number":2}\n\nevent: error\ndata: {"error":{"code":"gone","message":"Gone."}}\n\n'
    const bytes = new TextEncoder().encode(text)
    for (const size of [1, 7, 1000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.slice(at * size, (at + 1) * size),
      )
      const client = createClient({
        baseUrl: 'http://x.test',
        fetch: async () => new Response(ReadableStream.from(pieces)),
      })
      const numbers: number[] = []
      const reading = async () => {
        for await (const { number } of client.runs.events({ params: { run: '1' } })) numbers.push(number)
      }
      await expect(reading()).rejects.toMatchObject({ code: 'gone' })
      expect(numbers).toEqual([1, 2])
    }
  })
})

describe('a day or an instant of a report', () => {
  it('that cannot be read is told with a form that can', () => {
    const judged = routes.report.changes.query.safeParse({ from: 'yesterday' })
    expect(judged.error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['from', 'write a day such as 2026-03-01, or an instant such as 2026-03-01T08:00:00Z'],
    ])
    expect(routes.report.changes.query.safeParse({ from: '2026-03-01' }).success).toBe(true)
  })
})

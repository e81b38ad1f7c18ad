import { z } from 'zod'
import { type ErrorCode, errorCodes } from '../domain/errors.ts'
import { commonErrors, type Endpoint } from './route.ts'
import { allRoutes } from './routes.ts'
import { components, errorBody } from './shapes.ts'

type Json = Readonly<Record<string, unknown>>

const refTo = (id: string) => `#/components/schemas/${id}`

/** The OpenAPI 3.1 document of the admin API, made from the route objects. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const [name, endpoint] of allRoutes()) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operation(name, endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Muster admin API',
      version,
      description:
        'Plans, reviews and applies changes to users, groups and memberships of Atlassian directories. Every list is paged: ' +
        'hand `next` of one page as `cursor` to the following one.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    tags: [...new Set(allRoutes().map(([name]) => tagOf(name)))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Made by `muster token create`.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'muster-<end of the instance id>',
          description:
            'The cookie of a browser that signed in; `__Host-` stands before its name where https is spoken. Everything but ' +
            'GET also needs the header `x-muster-csrf` with the value that `/api/v1/me` tells.',
        },
      },
      responses: errorResponses(),
      schemas: schemas(),
    },
  }
}

const needs: Partial<Record<Endpoint['role'], string>> = {
  public: 'Open to everybody.',
  'signed-in': 'Open to everybody who is known, with any role or none.',
}

function operation(name: string, endpoint: Endpoint): Json {
  const errors = [...new Set<ErrorCode>([...commonErrors, ...(endpoint.errors ?? [])])]
  return {
    operationId: name,
    tags: [tagOf(name)],
    summary: endpoint.summary,
    ...(endpoint.role === 'public' ? { security: [] } : {}),
    description: `${needs[endpoint.role] ?? `Needs the role \`${endpoint.role}\`.`} Codes: ${errors.map((code) => `\`${code}\``).join(', ')}.`,
    ...(endpoint.params === undefined && endpoint.query === undefined
      ? {}
      : { parameters: [...parameters(endpoint.params, 'path'), ...parameters(endpoint.query, 'query')] }),
    ...(endpoint.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: reference(endpoint.body) } } } }),
    responses: {
      ...success(endpoint),
      ...Object.fromEntries(
        [...new Set(errors.map((code) => errorCodes[code].http))].map((status) => [
          status,
          { $ref: `#/components/responses/Status${status}` },
        ]),
      ),
    },
  }
}

function success(endpoint: Endpoint): Json {
  if (endpoint.redirect === true) return { 303: { description: 'The browser is sent on.' } }
  const type = endpoint.events === true ? 'text/event-stream' : 'application/json'
  return {
    [endpoint.status ?? 200]: {
      description: endpoint.events === true ? 'Events, each with one object as data.' : 'Done.',
      content: { [type]: { schema: reference(endpoint.response) } },
    },
  }
}

/** One answer per status, with every code that has it. */
function errorResponses(): Json {
  const codes = Object.keys(errorCodes) as ErrorCode[]
  const statuses = [...new Set(codes.map((code) => errorCodes[code].http))].sort((left, right) => left - right)
  return Object.fromEntries(
    statuses.map((status) => [
      `Status${status}`,
      {
        description: codes
          .filter((code) => errorCodes[code].http === status)
          .map((code) => `\`${code}\`: ${errorCodes[code].meaning}`)
          .join('\n\n'),
        content: { 'application/json': { schema: reference(errorBody) } },
      },
    ]),
  )
}

function parameters(schema: z.ZodObject | undefined, place: 'path' | 'query'): readonly Json[] {
  if (schema === undefined) return []
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return Object.entries(json.properties ?? {}).map(([name, property]) => {
    const { description, ...rest } = property as Record<string, unknown>
    return {
      name,
      in: place,
      required: place === 'path' || (json.required ?? []).includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }
  })
}

function reference(schema: z.ZodType): Json {
  const id = components.get(schema)?.id
  return id === undefined ? inline(schema) : { $ref: refTo(id) }
}

function inline(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return json
}

function schemas(): Json {
  const made = z.toJSONSchema(components, { uri: refTo, io: 'input', unrepresentable: 'any' })
  return Object.fromEntries(
    Object.entries(made.schemas)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([id, schema]) => {
        const { $schema: _, $id: __, ...json } = schema as Record<string, unknown>
        return [id, json]
      }),
  )
}

function tagOf(name: string): string {
  return name.slice(0, name.indexOf('.'))
}

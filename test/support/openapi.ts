import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormatsModule from 'ajv-formats'
import { mended } from './openapi-defects.ts'
import { type Deviation, deviations } from './openapi-deviations.ts'
import { asJsonSchema, type Direction } from './openapi-schema.ts'
import { component } from './require.ts'
import { asOpenApi3 } from './swagger-2.ts'

// The package is CommonJS: its default export arrives wrapped or bare, depending on who loads it.
const addFormats = (
  'default' in addFormatsModule ? addFormatsModule.default : addFormatsModule
) as (typeof addFormatsModule)['default']

const folder = fileURLToPath(new URL('../../../shared/specs/', import.meta.url))

/** The vendors' OpenAPI documents, which are no part of this repository. */
export const specs = await component(
  'specs',
  () => existsSync(`${folder}jira-cloud-platform-v3.json`) || 'the folder ../shared/specs is not there',
)

interface Parameter {
  readonly in: 'path' | 'query' | 'header'
  readonly name: string
  readonly required?: boolean
  readonly schema: { readonly type?: string; readonly items?: object; readonly properties?: object }
}

interface Content {
  readonly content?: Record<string, { readonly schema?: object }>
}

interface Operation {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[]
  readonly requestBody?: (Content & { readonly required?: boolean }) | { readonly $ref: string }
  readonly responses: Record<string, Content | { readonly $ref: string }>
}

interface PathItem {
  /** Those of every operation of the path. */
  readonly parameters?: Operation['parameters']
  readonly [method: string]: Operation | Operation['parameters']
}

interface Document {
  readonly paths: Record<string, PathItem>
  readonly components: Record<string, Record<string, unknown>>
}

/** A request as it went over the wire; the path below the API's base, without the query. */
export interface SentRequest {
  readonly method: string
  readonly path: string
  readonly query?: URLSearchParams
  readonly contentType?: string
  /** Absent or empty = no body. */
  readonly body?: string
}

interface Route {
  readonly path: string
  readonly expression: RegExp
}

/** One OpenAPI 3.0 or Swagger 2.0 document, its known defects mended, as a judge of requests and answers. */
export class OpenApi {
  readonly #document: Document
  readonly #routes: readonly Route[]
  readonly #deviations: readonly Deviation[]
  readonly #ajvs = new Map<Direction, Ajv>()
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(file: string) {
    this.#document = mended(file, asOpenApi3(JSON.parse(readFileSync(folder + file, 'utf8')))) as Document
    this.#deviations = deviations.filter(({ document }) => document === file)
    this.#routes = Object.keys(this.#document.paths)
      .map((path) => ({
        path,
        expression: new RegExp(`^${path.replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>[^/]+)`)}$`),
      }))
      // Fixed segments win over parameters.
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length)
  }

  knows(method: string, template: string): boolean {
    return this.#document.paths[template]?.[method.toLowerCase()] !== undefined
  }

  /** Every `METHOD /path` of the document. */
  get operations(): readonly string[] {
    return Object.entries(this.#document.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => /^(get|put|post|patch|delete)$/.test(method))
        .map((method) => `${method.toUpperCase()} ${path}`),
    )
  }

  /** What is wrong with an answer; empty = nothing. An error status without a documented schema may look like anything. */
  problems(method: string, path: string, status: number, body: unknown): string[] {
    const found = this.#find(method, path)
    if (found === undefined) return [`${method} ${path} is not in the document`]
    const { route, operation } = found
    const response = this.#deref<Content>(operation.responses[String(status)])
    if (response === undefined) return status < 400 ? [`${method} ${route.path} documents no ${status}`] : []
    const content = response.content?.['application/json']
    if (content === undefined) {
      return status < 400 && body !== undefined ? [`${method} ${route.path} ${status} documents no body`] : []
    }
    if (content.schema === undefined || typeof body === 'string') return []
    if (
      isGatewayBody(body) &&
      this.#deviations.some((each) => each.path.test(route.path) && each.statuses.includes(status))
    )
      return []
    return this.#judge('response', `${method} ${route.path} ${status}`, content.schema, body)
  }

  /** What is wrong with a request; empty = nothing. */
  requestProblems(request: SentRequest): string[] {
    const { method, path, query = new URLSearchParams() } = request
    const found = this.#find(method, path)
    if (found === undefined) return [`${method} ${path} is not in the document`]
    const { route, operation, values } = found
    const where = `${method} ${route.path}`
    const parameters = (operation.parameters ?? []).map((each) => this.#deref<Parameter>(each) as Parameter)
    const problems: string[] = []
    for (const [name, value] of Object.entries(values)) {
      const declared = parameters.find((each) => each.in === 'path' && each.name === name)
      if (declared === undefined) problems.push(`${where} declares no path parameter ${name}`)
      else problems.push(...this.#judgeParameter(where, declared, [decodeURIComponent(value)]))
    }
    const inQuery = parameters.filter((each) => each.in === 'query')
    for (const name of new Set(query.keys())) {
      const declared = inQuery.find((each) => each.name === name)
      // An object in the query is its properties, side by side.
      const isProperty = inQuery.some(({ schema }) => Object.hasOwn(schema.properties ?? {}, name))
      if (declared !== undefined) problems.push(...this.#judgeParameter(where, declared, query.getAll(name)))
      else if (!isProperty) problems.push(`${where} has no query parameter ${name}`)
    }
    for (const { name, required } of inQuery) {
      if (required && !query.has(name)) problems.push(`${where} requires the query parameter ${name}`)
    }
    return [...problems, ...this.#judgeBody(where, operation, request)]
  }

  #judgeBody(where: string, operation: Operation, { contentType = '', body = '' }: SentRequest): string[] {
    const requestBody = this.#deref<Content & { readonly required?: boolean }>(operation.requestBody)
    if (body === '') return requestBody?.required ? [`${where} requires a body`] : []
    // Some calls that document no body are refused without one: an empty object is what they get.
    if (requestBody === undefined) return body.trim() === '{}' ? [] : [`${where} documents no body of a request`]
    const types = ['application/json', ...Object.keys(requestBody.content ?? {})]
    if (!types.some((type) => contentType.includes(type)))
      return [`${where} takes JSON, not ${contentType || 'an unnamed type'}`]
    const schema = requestBody.content?.['application/json']?.schema
    let value: unknown
    try {
      value = JSON.parse(body)
    } catch {
      return [`${where} got a body that is no JSON`]
    }
    return schema === undefined ? [] : this.#judge('request', `${where} body`, schema, value)
  }

  #judgeParameter(where: string, { name, schema }: Parameter, texts: readonly string[]): string[] {
    const key = `${where} parameter ${name}`
    if (schema.type === 'array') {
      return this.#judge(
        'request',
        key,
        schema,
        texts.map((text) => coerced(text, schema.items ?? {})),
      )
    }
    if (texts.length > 1) return [`${where} takes ${name} once`]
    return this.#judge('request', key, schema, coerced(texts[0] ?? '', schema))
  }

  #judge(direction: Direction, key: string, schema: object, value: unknown): string[] {
    const validate = this.#validator(direction, key, schema)
    if (validate(value)) return []
    return (validate.errors ?? []).map(
      (error) => `${key} ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    )
  }

  #find(method: string, path: string) {
    for (const route of this.#routes) {
      const match = route.expression.exec(path)
      const item = this.#document.paths[route.path]
      const own = item?.[method.toLowerCase()] as Operation | undefined
      if (match === null || own === undefined) continue
      const operation = { ...own, parameters: [...(item?.parameters ?? []), ...(own.parameters ?? [])] }
      return { route, operation, values: match.groups ?? {} }
    }
    return undefined
  }

  #deref<Value>(value: Value | { readonly $ref: string } | undefined): Value | undefined {
    if (typeof value !== 'object' || value === null || !('$ref' in value)) return value as Value | undefined
    const [, , section = '', name = ''] = value.$ref.split('/')
    return this.#document.components[section]?.[name] as Value | undefined
  }

  #validator(direction: Direction, key: string, schema: object): ValidateFunction {
    let validate = this.#validators.get(`${direction} ${key}`)
    if (validate === undefined) {
      validate = this.#ajv(direction).compile(this.#asJsonSchema(schema, direction))
      this.#validators.set(`${direction} ${key}`, validate)
    }
    return validate
  }

  #asJsonSchema(schema: object, direction: Direction): object {
    return asJsonSchema(schema, direction, (reference) => this.#deref({ $ref: reference })) as object
  }

  #ajv(direction: Direction): Ajv {
    let ajv = this.#ajvs.get(direction)
    if (ajv === undefined) {
      ajv = new Ajv({ strict: false, allErrors: true })
      addFormats(ajv)
      // The Jira document's own examples write `+0000`, which is no RFC 3339 date-time.
      ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/)
      ajv.addSchema({ $id: 'document', ...this.#asJsonSchema(this.#document, direction) })
      this.#ajvs.set(direction, ajv)
    }
    return ajv
  }
}

/** What the gateway in front of the APIs says of itself: a code and a message. */
function isGatewayBody(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.keys(body).sort().join() === 'code,message'
}

/** A text of the query as the type the schema names. */
function coerced(text: string, schema: { readonly type?: string }): unknown {
  if ((schema.type === 'integer' || schema.type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (schema.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

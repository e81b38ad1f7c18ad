import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormatsModule from 'ajv-formats'
import { component } from './require.ts'

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

interface Operation {
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema?: object }> }>
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: object
}

/** One OpenAPI 3.0 document as a judge of answers. */
export class OpenApi {
  readonly #document: Document
  readonly #ajv: Ajv
  readonly #routes: { readonly path: string; readonly expression: RegExp }[]
  readonly #validators = new Map<string, ValidateFunction | undefined>()

  constructor(file: string) {
    this.#document = asJsonSchema(JSON.parse(readFileSync(folder + file, 'utf8'))) as Document
    this.#ajv = new Ajv({ strict: false, allErrors: true })
    addFormats(this.#ajv)
    // The Jira document's own examples write `+0000`, which is no RFC 3339 date-time.
    this.#ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/)
    this.#ajv.addSchema({ $id: 'document', ...this.#document })
    this.#routes = Object.keys(this.#document.paths)
      .map((path) => ({ path, expression: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }))
      // Fixed segments win over parameters.
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length)
  }

  knows(method: string, template: string): boolean {
    return this.#document.paths[template]?.[method.toLowerCase()] !== undefined
  }

  /** What is wrong with an answer; empty = nothing. An error status without a documented schema may look like anything. */
  problems(method: string, path: string, status: number, body: unknown): string[] {
    const route = this.#routes.find(
      ({ path: template, expression }) => expression.test(path) && this.knows(method, template),
    )
    if (route === undefined) return [`${method} ${path} is not in the document`]
    const responses = this.#document.paths[route.path]?.[method.toLowerCase()]?.responses ?? {}
    const response = responses[String(status)]
    if (response === undefined) return status < 400 ? [`${method} ${route.path} documents no ${status}`] : []
    const content = response.content?.['application/json']
    if (content === undefined) {
      return status < 400 && body !== undefined ? [`${method} ${route.path} ${status} documents no body`] : []
    }
    if (content.schema === undefined || typeof body === 'string') return []
    const validate = this.#validator(`${route.path} ${method} ${status}`, content.schema)
    if (validate(body)) return []
    return (validate.errors ?? []).map(
      (error) =>
        `${method} ${route.path} ${status} ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    )
  }

  #validator(key: string, schema: object): ValidateFunction {
    let validate = this.#validators.get(key)
    if (validate === undefined) {
      validate = this.#ajv.compile(schema)
      this.#validators.set(key, validate)
    }
    return validate
  }
}

const jsonTypes: ReadonlySet<unknown> = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'])

/**
 * OpenAPI 3.0 schemas as JSON Schema: `nullable` becomes a type, references point into the added document, types no
 * schema language knows (a slip of the admin document) go. An object that lists its properties may have no others,
 * so that a misspelt field is seen - except where objects are put together with `allOf`.
 */
function asJsonSchema(value: unknown, isPart = false): unknown {
  if (Array.isArray(value)) return value.map((each) => asJsonSchema(each, isPart))
  if (typeof value !== 'object' || value === null) return value
  const out: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'example' || key === 'examples' || key === 'discriminator' || key === 'xml') continue
    if (key === 'type' && typeof inner === 'string' && !jsonTypes.has(inner)) continue
    out[key] = key === '$ref' && typeof inner === 'string' ? `document${inner}` : asJsonSchema(inner, key === 'allOf')
  }
  const isObject = typeof out.properties === 'object' && out.type === 'object'
  if (isObject && !isPart && out.allOf === undefined) out.additionalProperties ??= false
  if (out.nullable === true) {
    if (typeof out.type === 'string') out.type = [out.type, 'null']
    if (Array.isArray(out.enum)) out.enum = [...out.enum, null]
    delete out.nullable
  }
  return out
}

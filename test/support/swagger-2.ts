type Json = Readonly<Record<string, unknown>>

/** A Swagger 2.0 document in the words of OpenAPI 3.0, as far as ours use them; anything else is handed back as it is. */
export function asOpenApi3(document: unknown): unknown {
  const { swagger, definitions = {}, paths = {} } = document as Json
  if (swagger !== '2.0') return document
  return withNewReferences({
    components: { schemas: definitions },
    paths: mapped(paths as Json, (methods) => mapped(methods as Json, operation)),
  })
}

function operation(value: unknown): Json {
  const { parameters = [], responses = {} } = value as { parameters?: readonly Json[]; responses?: Json }
  const body = parameters.find((each) => each.in === 'body')
  return {
    parameters: parameters
      .filter((each) => each !== body)
      .map(({ name, in: place, required, type }) => ({ name, in: place, required, schema: { type } })),
    ...(body === undefined ? {} : { requestBody: content(body.schema) }),
    responses: mapped(responses, (answer) => content((answer as Json).schema)),
  }
}

function content(schema: unknown): Json {
  return schema === undefined ? {} : { content: { 'application/json': { schema } } }
}

function mapped(record: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
}

function withNewReferences(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/definitions/', '"#/components/schemas/')) as unknown
}

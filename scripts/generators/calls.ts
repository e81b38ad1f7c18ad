import type { Endpoint } from '../../src/contract/route.ts'
import { routes } from '../../src/contract/routes.ts'
import type { Generator } from './generator.ts'

const widest = 120

/** How every endpoint is called, without the schemas behind it. */
export const callTable: Generator = {
  file: 'src/contract/calls.ts',
  make: () =>
    [
      "import type { CallShape } from './route.ts'",
      '',
      '/**',
      ' * How each endpoint is called, by noun and name. Made by `npm run generate` from `routes.ts`: what calls the API needs no',
      ' * schema, and a browser then loads none.',
      ' */',
      'export const calls: Readonly<Record<string, Readonly<Record<string, CallShape>>>> = {',
      ...Object.entries(routes).flatMap(([noun, endpoints]) => [
        `  ${noun}: {`,
        ...Object.entries(endpoints).flatMap(([name, endpoint]: [string, Endpoint]) => entry(name, endpoint)),
        '  },',
      ]),
      '}',
      '',
    ].join('\n'),
}

function entry(name: string, { method, path, body, events }: Endpoint): readonly string[] {
  const parts = [
    `method: '${method}'`,
    `path: '${path}'`,
    ...(body === undefined ? [] : ['hasBody: true']),
    ...(events === true ? ['events: true'] : []),
  ]
  const line = `    ${name}: { ${parts.join(', ')} },`
  if (line.length <= widest) return [line]
  return [`    ${name}: {`, ...parts.map((part) => `      ${part},`), '    },']
}

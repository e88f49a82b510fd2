// SPDX-License-Identifier: PostgreSQL
// clients.mjs MODULES < PLAN: as clients.py, through node's pg with the types it has by itself.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
const pg = createRequire(process.argv[2] + '/')('pg')
const client = new pg.Client()
await client.connect()

const two = (n) => String(n).padStart(2, '0')
// PostgreSQL's text of jsonb has a blank after each colon and comma.
const json = (v) => Array.isArray(v) ? `[${v.map(json).join(', ')}]`
    : v !== null && typeof v === 'object' ? `{${Object.entries(v).map(([k, x]) => `${JSON.stringify(k)}: ${json(x)}`).join(', ')}}`
    : JSON.stringify(v)
const item = (v) => v === null ? 'NULL' : v && !/[{}",\\\s]|^null$/i.test(v) ? v : `"${v.replace(/(["\\])/g, '\\$1')}"`
function plain(value, oid) {
    switch (oid) {
        case 16: return value ? 't' : 'f'
        case 1082: // a date is midnight of the zone in which node runs
            return `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`
        case 1184: return value.toISOString().replace('T', ' ').replace('.000Z', '+00')
        case 3802: return json(value)
        case 1009: return `{${value.map(item).join(',')}}`
        default:
            if (typeof value !== 'string' && oid !== 23) throw new Error(`type ${oid} came as ${typeof value}`)
            return String(value)
    }
}
const escaped = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const text = (value, oid) => value === null ? '\\N' : plain(value, oid).replace(/[\\\t\n\r]/g, (c) => escaped[c])

for await (const line of createInterface({ input: process.stdin })) {
    const [kind, relation, name, , sql, hex] = line.split('\t')
    if (kind === 'columns') continue
    console.log('#', kind, relation, name)
    const values = kind === 'filter' ? [Buffer.from(hex, 'hex').toString()] : []
    const { rows, fields } = await client.query({ text: sql.replace('= ?', '= $1'), values, rowMode: 'array' })
    for (const row of rows) console.log(row.map((v, n) => text(v, fields[n].dataTypeID)).join('\t'))
}
await client.end()

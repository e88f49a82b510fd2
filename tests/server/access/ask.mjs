// SPDX-License-Identifier: PostgreSQL
// Asks through node's pg: ask.mjs MODULES DATABASE, as Ask.java does; PGHOST and PGPORT say where.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
const pg = createRequire(process.argv[2] + '/')('pg')
for await (const line of createInterface({ input: process.stdin })) {
    const [user, text] = line.split('\t')
    const client = new pg.Client({ user, database: process.argv[3] })
    try {
        await client.connect()
        const { rows } = await client.query({ text, values: [], rowMode: 'array' })
        console.log(rows.length ? String(rows[0][0]) : 'no row')
    } catch (e) {
        console.log(e.code)
    } finally {
        await client.end()
    }
}

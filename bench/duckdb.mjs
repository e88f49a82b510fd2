// SPDX-License-Identifier: PostgreSQL
// DuckDB as an opponent of the bench: duckdb.mjs FOLDER FILE THREADS, where FOLDER has @duckdb/node-api installed.
// Reads SQL up to a line #go, answers with its rows and "#done CPU-NANOSECONDS WALL-MICROSECONDS"; the CPU time is that
// of all threads.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const [folder, file, threads] = process.argv.slice(2)
const { DuckDBInstance } = createRequire(folder + '/')('@duckdb/node-api')
const instance = await DuckDBInstance.create(file, { threads })
const connection = await instance.connect()
await connection.run("SET TimeZone = 'UTC'")
await connection.run('SET preserve_insertion_order = false')

let text = []
for await (const line of createInterface({ input: process.stdin })) {
    if (line !== '#go') {
        text.push(line)
        continue
    }
    const statement = text.join('\n')
    text = []
    const cpu = process.cpuUsage()
    const wall = process.hrtime.bigint()
    let reader
    try {
        reader = await connection.runAndReadAll(statement)
    } catch (error) {
        console.error(`bench: DuckDB: ${error.message}\n${statement}`)
        process.exit(1)
    }
    const used = process.cpuUsage(cpu)
    const took = (process.hrtime.bigint() - wall) / 1000n
    const rows = reader.getRows().map(row => row.map(value => value === null ? '\\N' : String(value)).join('\t') + '\n').join('')
    process.stdout.write(`${rows}#done ${(used.user + used.system) * 1000} ${took}\n`)
}

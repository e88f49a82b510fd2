// SPDX-License-Identifier: PostgreSQL
// JDBC speaks TCP only, and the server of the tests listens on a unix socket: proxy.mjs SOCKET PORT_FILE joins the two, on a
// free port of this machine that it writes to the file.
import { renameSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
const server = createServer((client) => {
    const backend = connect(process.argv[2])
    client.pipe(backend).pipe(client)
    client.on('error', () => backend.destroy())
    backend.on('error', () => client.destroy())
})
server.listen(0, '127.0.0.1', () => {
    writeFileSync(process.argv[3] + '.new', String(server.address().port))
    renameSync(process.argv[3] + '.new', process.argv[3])
})

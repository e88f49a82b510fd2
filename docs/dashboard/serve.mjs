// SPDX-License-Identifier: PostgreSQL
// serve.mjs FOLDER PORT [ADDRESS]: serves the files of a folder on 127.0.0.1, or the address a container has, until it is
// interrupted. Port 0: a free one.
import {createReadStream, realpathSync, statSync} from "node:fs";
import {createServer} from "node:http";
import {extname, join, sep} from "node:path";
import process from "node:process";

const folder = realpathSync(process.argv[2]);
const types = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json"};

function fileOf(url) {
    try {
        const path = decodeURIComponent(new URL(url, "http://127.0.0.1").pathname);
        const file = realpathSync(join(folder, path.endsWith("/") ? `${path}index.html` : path));
        return file.startsWith(folder + sep) && statSync(file).isFile() ? file : null;
    } catch {
        return null;
    }
}

const server = createServer((request, response) => {
    const file = /^(GET|HEAD)$/.test(request.method) ? fileOf(request.url) : null;
    if (!file) {
        response.writeHead(404, {"Content-Type": "text/plain"}).end("not found\n");
        return;
    }
    response.writeHead(200, {"Content-Type": types[extname(file)] ?? "application/octet-stream", "Cache-Control": "no-cache"});
    if (request.method === "HEAD") response.end(); else createReadStream(file).pipe(response);
});
server.on("error", (error) => {
    console.error(error.code === "EADDRINUSE" ? `error: port ${process.argv[3]} is in use: choose another with --port N`
        : `error: ${error.message}`);
    process.exit(1);
});
server.listen(Number(process.argv[3]), process.argv[4] ?? "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(0));

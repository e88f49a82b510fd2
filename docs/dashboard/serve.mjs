// SPDX-License-Identifier: PostgreSQL
// serve.mjs FOLDER PORT [ADDRESS]: serves the files of a folder on 127.0.0.1, or the address a container has, until it is
// interrupted. Port 0: a free one. DASHBOARD_HOSTS: names under which it answers, beside those of this machine.
import {realpathSync} from "node:fs";
import {open} from "node:fs/promises";
import {createServer} from "node:http";
import {extname, join, sep} from "node:path";
import process from "node:process";
import {pipeline} from "node:stream";

const folder = realpathSync(process.argv[2]);
const types = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json"};

// A page of somebody else may have its own name point to this machine (DNS rebinding), and would then read what is served.
// The browser sends that name.
const names = new Set(["127.0.0.1", "localhost", "[::1]", ...(process.env.DASHBOARD_HOSTS ?? "").toLowerCase().split(/[\s,]+/)]);
const known = (host) => names.has((host ?? "").toLowerCase().replace(/:\d*$/, "") || null);

function fileOf(url) {
    try {
        const path = decodeURIComponent(new URL(url, "http://127.0.0.1").pathname);
        const file = realpathSync(join(folder, path.endsWith("/") ? `${path}index.html` : path));
        return file.startsWith(folder + sep) ? file : null;
    } catch {
        return null;
    }
}

// The file once it is open: its folder may be filled anew meanwhile, and what has gone is not there.
async function opened(file) {
    let handle;
    try {
        handle = await open(file);
        if ((await handle.stat()).isFile()) return handle;
    } catch {
        // As one that is not there.
    }
    await handle?.close();
    return null;
}

const server = createServer(async (request, response) => {
    const refuse = (status, text) => response.writeHead(status, {"Content-Type": "text/plain"}).end(`${text}\n`);
    if (!known(request.headers.host)) {
        refuse(421, "not served under this name: DASHBOARD_HOSTS has the names beside localhost and 127.0.0.1");
        return;
    }
    const file = /^(GET|HEAD)$/.test(request.method) ? fileOf(request.url) : null;
    const found = file && await opened(file);
    if (!found) {
        refuse(404, "not found");
        return;
    }
    response.writeHead(200, {"Content-Type": types[extname(file)] ?? "application/octet-stream", "Cache-Control": "no-cache"});
    if (request.method === "HEAD") {
        response.end();
        await found.close();
        return;
    }
    // Where the file cannot be read to its end, or nobody listens, the connection is closed, and the server lives.
    pipeline(found.createReadStream(), response, () => {});
});
server.on("error", (error) => {
    console.error(error.code === "EADDRINUSE" ? `error: port ${process.argv[3]} is in use: choose another with --port N`
        : `error: ${error.message}`);
    process.exit(1);
});
server.listen(Number(process.argv[3]), process.argv[4] ?? "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(0));

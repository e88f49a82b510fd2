// SPDX-License-Identifier: PostgreSQL
// dashboard_reader.mjs URL FOLDER PAGE: reads a page of the folder that is served at URL all the time until it gets
// SIGTERM, and a file that it puts there and takes away meanwhile. The page is always whole; else it ends with 1.
import {renameSync, unlinkSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as pause} from "node:timers/promises";

const [url, folder, name] = process.argv.slice(2);
const file = join(folder, "passing.js"), content = "x".repeat(300000);
const met = {page: 0, there: 0, gone: 0};
let done = false;
process.on("SIGTERM", () => { done = true; });

async function page() {
    while (!done) {
        const response = await fetch(url + name), text = await response.text();
        if (response.status !== 200 || !text.endsWith("</html>\n")) throw new Error(`${response.status} ${text.slice(-40)}`);
        met.page++;
        await pause(1);
    }
}
async function passing() {
    while (!done) {
        const response = await fetch(`${url}passing.js`), text = await response.text();
        if (response.status !== 404 && (response.status !== 200 || text !== content)) throw new Error(`${response.status} for a file that comes and goes`);
        met[response.status === 200 ? "there" : "gone"]++;
        await pause(1);
    }
}
async function move() {
    for (let there = false; !done; there = !there) {
        if (there) {
            unlinkSync(file);
        } else {
            writeFileSync(`${file}.new`, content);
            renameSync(`${file}.new`, file);
        }
        await pause(1);
    }
}
try {
    await Promise.all([page(), passing(), passing(), move()]);
} catch (error) {
    console.log(`${error.message} ${error.cause ?? ""}`);
    process.exit(1);
}
console.log(`ok: ${met.page} pages read while they changed, a file there ${met.there} times and gone ${met.gone} times`);
process.exit(met.page && met.there && met.gone ? 0 : 1);
